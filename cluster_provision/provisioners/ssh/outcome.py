"""What came of the machines' plans, as one failure and as a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import Leftovers, NodeSetupError, one_of_all
from cluster_provision.number_of import number_of
from cluster_provision.result import Leftover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.targets.ssh_target import Applied

SET_UP = "could not be set up"
GIVEN_BACK = "could not be given back"

GOES_ON = "Put right what the lines above tell and run the same command again: it goes on from there."


def failure_of(applied: Sequence[Applied], what: str = SET_UP) -> ProvisionError | None:
    """The failures of all machines as one, None where there is none. `what` could not be done, for the message."""
    failures: list[ProvisionError] = []
    for each in applied:
        if each.error is not None:
            failures.append(each.error)
        elif each.failed:
            lines = "\n".join(f"  {line}" for line in each.failed)
            failures.append(NodeSetupError(f"{each.machine} {what}:\n{lines}", GOES_ON))
    return one_of_all(failures) if failures else None


def tally(applied: Sequence[Applied]) -> str:
    """How much was changed, on how many machines."""
    changed = sum(each.changed for each in applied)
    machines = number_of(len(applied), "machine")
    return f"{changed} changed on {machines}" if changed else f"nothing to change on {machines}"


def left_on(applied: Sequence[Applied]) -> list[Leftover]:
    """What the machines keep of the cluster, and why."""
    return [Leftover("left on", f"{each.machine}: {line}") for each in applied for line in each.left]


def leftovers(found: Sequence[Leftover]) -> Leftovers:
    """The error that tells what is left."""
    return Leftovers(
        "given back, but for:\n" + "\n".join(f"  {each.name}" for each in found),
        "Each is left on purpose, so that nothing of yours is lost: look at it, and delete it by hand where nobody "
        "needs it.",
    )
