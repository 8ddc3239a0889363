"""What the actions on many machines begin and end with: which machines, and what failed where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.host_output import Keeping, Printed
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.actions.zones import SAME_ZONE
from cluster_provision.errors import one_of_all
from cluster_provision.run import Step
from cluster_provision.stage import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.run import Run


def find_fleet(run: Run) -> None:
    """Ask the target for the machines."""
    run.fleet = run.target.fleet(Site(run.store, run.facts, run.result, run.progress, run.console.say))
    many = len(run.fleet.hosts)
    run.progress.conclude(f"{many} host{'s' if many != 1 else ''}, {run.fleet.head.name} is the head")


TO_THE_FLEET = (SIGN_IN, FIND_STATE, SAME_ZONE, Step("machines", find_fleet))


def output_of(run: Run) -> Printed | Keeping:
    """Where the hosts' lines go: out at once, or into the result with OUTPUT=json."""
    if run.settings.output == "json":
        return Keeping()
    run.console.clear()
    return Printed()


def counted(run: Run) -> Callable[[int, int], None]:
    """Shows how many hosts are through."""
    return lambda done, total: run.progress.update(f"{done} of {total} hosts", done, total)


def require_none_failed(failures: Sequence[ProvisionError | None]) -> None:
    """Raise what failed, each host's failure a line of it; the exit code is the lowest of theirs."""
    failed = [failure for failure in failures if failure is not None]
    if failed:
        raise one_of_all(failed)


def tally(failures: Sequence[ProvisionError | None]) -> str:
    """How many hosts are well, in a few words."""
    return f"{sum(failure is None for failure in failures)} of {len(failures)} hosts"
