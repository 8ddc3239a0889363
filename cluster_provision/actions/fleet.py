"""What the actions on many machines share: which machines there are, and what failed on which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.host_output import Keeping, Printed
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import SettingsError, one_of_all
from cluster_provision.number_of import number_of
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import FleetTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Cluster
    from cluster_provision.run import Run


def find_fleet(run: Run) -> None:
    """Ask the target for the machines."""
    target = run.target
    if not isinstance(target, FleetTarget):
        raise not_here("UpdateHosts, Gather, Run and Tunnel", target.cluster)
    run.fleet = target.fleet(run.site)
    run.progress.conclude(f"{number_of(len(run.fleet.hosts), 'host')}, {run.fleet.head.name} is the head")


def not_here(actions: str, cluster: Cluster) -> SettingsError:
    """The error of actions that clusters of this kind do not have."""
    what = f"CLOUD={cluster.cloud}, ORCHESTRATOR_TYPE={'none' if cluster.target == 'vms' else cluster.target}"
    verb = "are" if "," in actions else "is"
    return SettingsError(
        (f"{actions} {verb} not on {what} in this version",),
        "`Connect <node>` shows the command that leads to a machine.",
        where="",
    )


MACHINES = Step("machines", find_fleet)


def reach_the_fleet(run: Run) -> None:
    """Find the cluster and its machines."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, MACHINES))


def output_of(run: Run) -> Printed | Keeping:
    """Where the hosts' lines go: out at once, or into the result with OUTPUT=json."""
    if run.settings.output == "json":
        return Keeping()
    run.console.clear()
    return Printed()


def counted(run: Run) -> Callable[[int, int], None]:
    """Shows how many hosts are through."""
    return lambda done, total: run.progress.update("hosts", done, total)


def require_none_failed(failures: Sequence[ProvisionError | None]) -> None:
    """Raise what failed, each host's failure a line of it; the exit code is the lowest of theirs."""
    failed = [failure for failure in failures if failure is not None]
    if failed:
        raise one_of_all(failed)


def tally(failures: Sequence[ProvisionError | None]) -> str:
    """How many hosts are well, in a few words."""
    return f"{sum(failure is None for failure in failures)} of {len(failures)} hosts"
