"""One look at everything, and what follows from it; a lock keeps a second one waiting."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from cluster_provision.slurm.cloud import CloudCluster, NodeGroup, Pool, read_cloud_cluster
from node.machine.programs import Failure
from node.slurm_cloud.disk import POWER
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.place import CLUSTER_COPY, read_place
from node.slurm_power import slurm
from node.slurm_power.azure import Azure
from node.slurm_power.calls import Calls
from node.slurm_power.cloud import AT_ONCE, Cloud, Instance
from node.slurm_power.costs import over_the_limit
from node.slurm_power.decide import Look, Todo, decide, fail, note_requests
from node.slurm_power.gcp import Gcp
from node.slurm_power.intervals import ORDINARY, Intervals
from node.slurm_power.kept import read_kept, requests, take_off, write_kept
from node.slurm_power.phases import STARTING, STOPPING, phase_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCK = f"{POWER}/lock"
T = TypeVar("T")


def given_cluster() -> CloudCluster:
    """The description that this controller has applied. Raises Failure on a machine that isn't one."""
    try:
        with open(CLUSTER_COPY, encoding="utf-8") as file:
            return read_cloud_cluster(file.read())
    except (OSError, ValueError) as failure:
        raise Failure(f"this machine is not part of a cluster yet: {failure}") from None


def cloud_of(cluster: CloudCluster) -> Cloud:
    identity = Identity(read_place())
    return Azure(cluster, identity) if cluster.cloud == "azure" else Gcp(cluster, identity)


def sync(intervals: Intervals) -> list[str]:
    """Look once and act; returns what could not be done, for the log."""
    cluster = given_cluster()
    with locked():
        return Pass(cluster, cloud_of(cluster), intervals).run(time.time())


def unsettled(cluster: CloudCluster) -> bool:
    """Whether something is under way, so that the next look comes sooner."""
    with contextlib.suppress(Failure):
        kept = read_kept()
        if requests() or kept.leaving or kept.strays or kept.missing or kept.ahead:
            return True
        return any(phase_of(state) in (STARTING, STOPPING) for state in slurm.node_states().values())
    return True


class Pass:
    """A look. What is decided is kept before it is done: a look that is killed is followed by another like it."""

    def __init__(self, cluster: CloudCluster, cloud: Cloud, intervals: Intervals = ORDINARY) -> None:
        self._cluster, self._cloud, self._intervals = cluster, cloud, intervals
        self._problems: list[str] = []

    def run(self, now: float) -> list[str]:
        kept, asked = read_kept(), requests()
        note_requests(self._cluster, kept, tuple(asked.values()))
        write_kept(kept)
        take_off(asked)
        states = slurm.node_states()
        calls = Calls(self._cloud, kept, now)
        instances = self._look(calls)
        look = Look(self._cluster, states, instances, kept, now, self._intervals)
        todo = decide(look)
        for pool, nodes in over_the_limit(self._cluster, states, todo, kept).items():
            fail(look, pool, nodes, "MAX_HOURLY_COST", "more would cost more than MAX_HOURLY_COST")
        write_kept(kept)
        self._update_slurm(todo)
        self._delete(todo, calls)
        self._create(look, calls)
        calls.end()
        write_kept(kept)
        return self._problems

    def _look(self, calls: Calls) -> list[Instance] | None:
        if calls.is_quiet:
            self._problems.append(calls.why())
            return None
        try:
            return calls.look(self._groups())
        except CallFailed as failure:
            self._problems.append(str(failure))
            return None

    def _update_slurm(self, todo: Todo) -> None:
        slurm.tell_jobs(todo.told)
        for nodes, arguments in todo.updates:
            said = slurm.update(nodes, arguments)
            if said:
                self._problems.append(f"scontrol update {' '.join(arguments)}: {said}")

    def _delete(self, todo: Todo, calls: Calls) -> None:
        for group in self._groups():
            mine = [each for each in todo.deletions if each.group == group.name]
            for some in batches(mine):
                if calls.is_quiet:
                    return  # the next look that may ask decides it again
                try:
                    calls.delete(group, some)
                except CallFailed as failure:
                    self._problems.append(str(failure))

    def _create(self, look: Look, calls: Calls) -> None:
        for pool in self._cluster.pools:
            for group in pool.groups:
                wanted = [name for name in group.nodes if name in look.todo.creations]
                for some in batches(wanted):
                    left = [name for name in some if name not in look.kept.back]  # a call before may have been refused
                    if left and not calls.is_quiet:
                        self._create_some(look, pool, group, left, calls)

    def _create_some(self, look: Look, pool: Pool, group: NodeGroup, nodes: Sequence[str], calls: Calls) -> None:
        """Noted before: an answer that is lost must not have machines made twice."""
        kept = look.kept
        kept.asked.update(dict.fromkeys(nodes, look.now))
        write_kept(kept)
        try:
            calls.create(group, nodes)
        except CallFailed as failure:
            self._problems.append(str(failure))
            for name in nodes:
                kept.asked.pop(name, None)
            if failure.is_busy:
                return  # the next look tries again
            refused = replace(look, todo=Todo())
            fail(refused, pool, nodes, failure.code or f"HTTP {failure.status}", failure.message)
            self._update_slurm(refused.todo)

    def _groups(self) -> list[NodeGroup]:
        return [group for pool in self._cluster.pools for group in pool.groups]


@contextlib.contextmanager
def locked() -> Iterator[None]:
    os.makedirs(POWER, mode=0o700, exist_ok=True)
    with open(LOCK, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def batches(items: Sequence[T]) -> Iterator[list[T]]:
    """As many as one call to the cloud may name."""
    left = iter(items)
    while some := [*islice(left, AT_ONCE)]:
        yield some
