"""What the run does."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice

Action = Literal["create", "destroy", "validate", "debug", "plan", "status", "connect"]
_ACTIONS: tuple[Action, ...] = ("create", "destroy", "validate", "debug", "plan", "status", "connect")
ACTIONS: Choice[Action] = Choice(_ACTIONS)
TAKES_ARGUMENT: frozenset[Action] = frozenset({"connect"})
"""The actions that take an argument of their own after their name."""


@dataclass(frozen=True, kw_only=True)
class ActionParameters:
    """The action."""

    action: Action | None = parameter(
        ACTIONS,
        default=None,
        default_text="none: the argument, or this, must be given",
        cloud="all",
        run_only=True,
        help="What to do, where the command has no argument; an argument (docker run … <image> Create) wins.",
        example="create",
    )
