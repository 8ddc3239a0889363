"""The action of a run."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice

Action = Literal[
    "create",
    "destroy",
    "validate",
    "debug",
    "plan",
    "status",
    "connect",
    "updatehosts",
    "gather",
    "run",
    "benchmark",
    "health",
    "unlock",
    "drain",
    "undrain",
    "tunnel",
    "resume",
    "suspend",
    "report",
    "list",
]
TITLES: dict[Action, str] = {
    "create": "Create",
    "destroy": "Destroy",
    "validate": "Validate",
    "debug": "Debug",
    "plan": "Plan",
    "status": "Status",
    "connect": "Connect",
    "updatehosts": "UpdateHosts",
    "gather": "Gather",
    "run": "Run",
    "benchmark": "Benchmark",
    "health": "Health",
    "unlock": "Unlock",
    "drain": "Drain",
    "undrain": "Undrain",
    "tunnel": "Tunnel",
    "resume": "Resume",
    "suspend": "Suspend",
    "report": "Report",
    "list": "List",
}
"""The actions as documents and messages write them."""

ACTIONS: Choice[Action] = Choice(tuple(TITLES))
TAKES_ARGUMENT: frozenset[Action] = frozenset(
    {"connect", "gather", "run", "health", "unlock", "drain", "undrain", "tunnel", "resume", "suspend", "report"}
)
"""The actions that may have an argument of their own after their name."""

NEEDS_ARGUMENT: dict[Action, str] = {
    "gather": "a file's path on the nodes, such as Gather /var/log/node-health.log.status",
    "drain": "nodes of the Slurm cluster, such as Drain 'dgx[01-03]'",
    "undrain": "nodes of the Slurm cluster, such as Undrain 'dgx[01-03]'",
    "tunnel": "a node and a port, such as Tunnel demo-login-1 3000",
    "resume": "nodes of the Slurm cluster, such as Resume 'demo-hpc-[1-4]'",
    "suspend": "nodes of the Slurm cluster, such as Suspend 'demo-hpc-[1-4]'",
    "report": "a node and what is wrong with it, such as Report demo-hpc-3 HpcMissingGpu",
    "run": "the command, in quotes, such as Run 'nvidia-smi -L'",
}
"""The actions that need an argument, and what it is."""


@dataclass(frozen=True, kw_only=True)
class ActionParameters:
    """The action."""

    action: Action | None = parameter(
        ACTIONS,
        default=None,
        default_text="none: give the argument, or this",
        cloud="all",
        run_only=True,
        help="What to do, if the command has no argument; an argument (docker run … <image> Create) wins. Gather, "
        "Run, Drain, Undrain, Tunnel, Resume, Suspend and Report need an argument of their own after it; Connect, "
        "Health and Unlock may have one.",
        example="create",
    )
