"""Waits until a GKE cluster and all its pools run, with all of their machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.gke import FAILED, RUNNING
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import NotReady, ProvisionError, TerraformError
from cluster_provision.node import Node
from cluster_provision.number_of import number_of
from cluster_provision.readiness.group_problems import TELLING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import Machine
    from cluster_provision.clouds.gcp.gke import GkeCluster, GkePool
    from cluster_provision.readiness.polling import Poll, Tell

STILL_THERE = (
    "The machines that exist stay, and cost money: run Create again to wait longer, or Destroy. READY_TIMEOUT sets the "
    "limit."
)


@dataclass(frozen=True)
class Sight:
    """One look at a cluster: its pools' machines by the pools' names, and the wanted number of each."""

    cluster: GkeCluster
    machines: dict[str, list[Machine]]
    wanted: dict[str, int]

    @property
    def nodes(self) -> list[Node]:
        """Return the machines as nodes."""
        statuses = {pool.name: pool.status for pool in self.cluster.pools}
        return [
            Node(m.name, m.zone, m.address, m.instance_id, _status(statuses.get(pool, ""), m), machine=m.status)
            for pool, machines in self.machines.items()
            for m in machines
        ]

    @property
    def whole(self) -> bool:
        """Whether everything wanted is there and runs."""
        return self.cluster.status == RUNNING and not self.missing()

    def missing(self) -> list[str]:
        """Say what isn't there yet, in a few words for each pool."""
        there = {pool.name: pool for pool in self.cluster.pools}
        told = [f"{name} does not exist" for name in self.wanted if name not in there]
        for name, pool in there.items():
            machines = self.machines.get(name, [])
            running = sum(m.status == RUNNING for m in machines)
            wanted = max(self.wanted.get(name, 0), len(machines))
            if pool.status != RUNNING or running < wanted:
                told.append(f"{name}: {pool.status.lower()}, {running} of {wanted} machines run")
        return told


def wait_for_pools(look: Callable[[float], Sight | None], poll: Poll, tell: Tell) -> Sight:
    """Wait until the cluster and its pools run, and return the last look.

    `look` gets the seconds since the start, and raises when a problem keeps a pool from filling for too long. Raises
    the error of a pool that GKE has given up on, and NotReady when the time is up.
    """
    text = ""
    while poll.next():
        with poll.bearing_outages(tell):
            sight = look(poll.elapsed)
            if sight is None:
                text = "the cluster does not exist"
                continue
            if sight.whole:
                return sight
            _raise_failed(sight.cluster)
            text = _waiting_text(sight)
            running = sum(m.status == RUNNING for machines in sight.machines.values() for m in machines)
            tell(
                f"machines run; {text}",
                running,
                sum(max(n, len(sight.machines.get(name, []))) for name, n in sight.wanted.items()),
            )
    raise NotReady(f"after {number_of(round(poll.elapsed / 60), 'minute')}: {text}", STILL_THERE)


def explained(failure: ProvisionError, cluster: GkeCluster | None) -> ProvisionError:
    """Return the failure with GKE's own reasons and their error class.

    Terraform's provider prints only a pool's status, and never the reason.
    """
    if cluster is None or type(failure) not in (TerraformError, NotReady):
        return failure
    said = [f"node pool {pool.name}: {text}" for pool in cluster.pools for text in _reasons(pool)]
    said += [f"cluster {cluster.name}: {cluster.message}"] if cluster.status in FAILED and cluster.message else []
    for telling in TELLING:
        for text in said:
            kind = kind_of(text.partition(": ")[2])
            if kind.error is telling:
                return kind.raised_for("\n".join((failure.message, *(f"  {each}" for each in said))))
    return failure


def _raise_failed(cluster: GkeCluster) -> None:
    for pool in cluster.pools:
        if pool.status in FAILED:
            why = "; ".join(_reasons(pool)) or "GKE doesn't say why"
            raise kind_of(why).raised_for(f"node pool {pool.name} is in status {pool.status}: {why}")
    if cluster.status in FAILED:
        why = cluster.message or "GKE doesn't say why"
        raise kind_of(why).raised_for(f"cluster {cluster.name} is in status {cluster.status}: {why}")


def _reasons(pool: GkePool) -> list[str]:
    if pool.status in FAILED and pool.message:
        return [pool.message]
    return list(pool.conditions)


def _waiting_text(sight: Sight) -> str:
    told = [] if sight.cluster.status == RUNNING else [f"the control plane is {sight.cluster.status.lower()}"]
    return ", ".join((*told, *sight.missing()))


def _status(pool: str, machine: Machine) -> str:
    return "ready" if machine.status == RUNNING and pool == RUNNING else "starting"
