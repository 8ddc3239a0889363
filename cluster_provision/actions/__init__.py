"""The actions by name: each a function of a run that returns the text for the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.connect import connect
from cluster_provision.actions.create import create
from cluster_provision.actions.debug import debug
from cluster_provision.actions.destroy import destroy
from cluster_provision.actions.plan import plan
from cluster_provision.actions.status import status
from cluster_provision.actions.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.actions.run import Run

ACTIONS: dict[str, Callable[[Run], str]] = {
    "create": create,
    "destroy": destroy,
    "validate": validate,
    "debug": debug,
    "plan": plan,
    "status": status,
    "connect": connect,
}
