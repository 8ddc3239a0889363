"""UpdateHosts: hostfiles and keys as the cluster is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted, reach_the_fleet, require_none_failed, tally
from cluster_provision.actions.host_output import Kept, host_result
from cluster_provision.actions.slurm.names import update_the_names
from cluster_provision.fleet.hosts import update_hosts
from cluster_provision.run import Step, perform
from cluster_provision.targets.ssh_target import NamesTarget

if TYPE_CHECKING:
    from cluster_provision.run import Run


def update_the_hosts(run: Run) -> str:
    """Bring ~/hostfile, ~/hostfile-ip, the cluster's key and what the head knows of the others up to date."""
    if isinstance(run.target, NamesTarget):
        return update_the_names(run, run.target)
    reach_the_fleet(run)
    perform(run, (HOSTS,))
    return "".join(f"{host.name} {host.address}\n" for host in run.fleet.hosts).rstrip("\n")


def _update(run: Run) -> None:
    updated = update_hosts(run.fleet, counted(run))
    run.result.hosts = [host_result(o.host, o.error, None, Kept()) for o in updated.hosts]
    new = sum(o.value is True for o in updated.hosts)
    failures = [o.error for o in updated.hosts]
    changed = f"; written on {run.fleet.head.name}: {', '.join(updated.changed)}" if updated.changed else ""
    run.progress.conclude(f"{tally(failures)} have the key, {new} of them new{changed}")
    require_none_failed(failures)


HOSTS = Step("hosts", _update)
