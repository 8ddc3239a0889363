"""The actions by name: each a function of a run that returns the text for the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.benchmark import benchmark
from cluster_provision.actions.connect import connect
from cluster_provision.actions.create import create
from cluster_provision.actions.debug import debug
from cluster_provision.actions.destroy import destroy
from cluster_provision.actions.gather import gather_file
from cluster_provision.actions.health import health
from cluster_provision.actions.list_clusters import list_clusters
from cluster_provision.actions.node_care.report import report
from cluster_provision.actions.plan import plan
from cluster_provision.actions.run_command import run_command
from cluster_provision.actions.slurm.drain import drain_nodes, undrain_nodes
from cluster_provision.actions.slurm.power import resume_nodes, suspend_nodes
from cluster_provision.actions.status import status
from cluster_provision.actions.tunnel import tunnel
from cluster_provision.actions.unlock import unlock
from cluster_provision.actions.update_hosts import update_the_hosts
from cluster_provision.actions.validate import validate
from cluster_provision.errors import SettingsError
from cluster_provision.settings.declared.action import TITLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.run import Run
    from cluster_provision.settings.declared.action import Action

ACTIONS: dict[Action, Callable[[Run], str]] = {
    "create": create,
    "destroy": destroy,
    "validate": validate,
    "debug": debug,
    "plan": plan,
    "status": status,
    "connect": connect,
    "updatehosts": update_the_hosts,
    "gather": gather_file,
    "run": run_command,
    "benchmark": benchmark,
    "health": health,
    "unlock": unlock,
    "drain": drain_nodes,
    "undrain": undrain_nodes,
    "tunnel": tunnel,
    "resume": resume_nodes,
    "suspend": suspend_nodes,
    "report": report,
    "list": list_clusters,
}


def action_of(name: Action) -> Callable[[Run], str]:
    """The action of this name. Raises SettingsError where this version has none."""
    if name not in ACTIONS:
        there = ", ".join(TITLES[action] for action in ACTIONS)
        raise SettingsError((f"{TITLES[name]} is not in this version; there are {there}",))
    return ACTIONS[name]
