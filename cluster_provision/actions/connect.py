"""Connect: the way to a node, shown or taken."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.result import Connection
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def connect(run: Run) -> str:
    """The command that leads to the node that the argument names, or to the first. On a terminal where its program is
    there, the run hands over to it."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("node", find_way)))
    return run.result.connection.command


def find_way(run: Run) -> None:
    """Find the node and the command that leads to it."""
    command = run.target.way_in(run.argument)
    run.result.connection = Connection(command=shlex.join(command))
    if run.console.attended and shutil.which(command[0], path=run.environ.get("PATH")):
        run.hand_over_to = command
