"""Looking at a GKE cluster: while Terraform makes it, which itself can't see why a pool doesn't fill, and after."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CredentialsError, Interrupted, ProvisionError, Refused, Unreachable
from cluster_provision.readiness.gke.node_pools import Sight, explained
from cluster_provision.readiness.group_problems import RUNNING, GroupProblems, Problem, problems_of
from cluster_provision.targets.nodes import RECENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.gcp.gke import GkePool
    from cluster_provision.targets.gke.target import GkeTarget


class GkeWatch:
    """One run's looks. They remember which problems were printed, and since when each lasts."""

    def __init__(self, target: GkeTarget, say: Callable[[str], None]) -> None:
        self._target = target
        self._say = say
        self._problems: dict[str, GroupProblems] = {}
        self._said: set[str] = set()

    def glance(self, elapsed: float) -> None:
        """A look while Terraform applies: what can't be seen then, later looks will.

        Raises what has kept a pool from filling for too long, and nothing else: Terraform is stopped for it.
        """
        try:
            sight = self.see()
        except (NotFound, ProvisionError):
            return
        if sight is not None:
            with contextlib.suppress(NotFound, CredentialsError, Unreachable, Refused):
                self._judge(sight, elapsed)

    def look(self, elapsed: float) -> Sight | None:
        """What there is `elapsed` seconds into the wait; None before there is a cluster.

        Tells what is in the way as soon as it is seen, and raises its error where it has lasted too long.
        """
        sight = self.see()
        if sight is not None:
            self._judge(sight, elapsed)
        return sight

    def explain(self, failure: ProvisionError) -> ProvisionError:
        """The failure of Terraform's, with the reason that only GKE tells, where GKE can be asked."""
        try:
            cluster = self._target.present()
        except Interrupted:
            raise
        except ProvisionError:  # the reason alone is lost
            return failure
        return explained(failure, cluster)

    def see(self) -> Sight | None:
        """Look once; None where there is no cluster."""
        cluster = self._target.present()
        if cluster is None:
            return None
        machines = {pool.name: self._machines(pool) for pool in cluster.pools}
        return Sight(cluster, machines, self._target.wanted_nodes)

    def problems(self, sight: Sight) -> list[Problem]:
        """The recent problems that keep pools from filling."""
        found = []
        for pool in sight.cluster.pools:
            machines = sight.machines[pool.name]
            wanted = sight.wanted.get(pool.name, 0) if pool.groups else 0
            if sum(m.status == RUNNING for m in machines) < max(wanted, len(machines)):
                found += problems_of(machines, wanted, self._errors(pool.groups, RECENT), kind_of)
        return found

    def _judge(self, sight: Sight, elapsed: float) -> None:
        for pool in sight.cluster.pools:
            self._tell(pool)
            there = sight.machines[pool.name]
            wanted = max(sight.wanted.get(pool.name, 0), len(there)) if pool.groups else 0
            self._of(pool).look(there, wanted, elapsed)

    def _machines(self, pool: GkePool) -> list[Machine]:
        target = self._target
        return [m for zone, group in pool.groups for m in target.cloud.machines(zone, (group,), target.cluster.label)]

    def _of(self, pool: GkePool) -> GroupProblems:
        if pool.name not in self._problems:
            limit = self._target.settings.capacity_wait * 60
            say = partial(self._say_of, pool.name)
            self._problems[pool.name] = GroupProblems(partial(self._errors, pool.groups), kind_of, limit, say)
        return self._problems[pool.name]

    def _say_of(self, pool: str, line: str) -> None:
        self._say(f"  node pool {pool}: {line.strip()}")

    def _errors(self, groups: tuple[tuple[str, str], ...], earlier: timedelta = timedelta(0)) -> list[GroupError]:
        return [error for zone, group in groups for error in self._target.cloud.group_errors(zone, group, earlier)]

    def _tell(self, pool: GkePool) -> None:
        """Print what GKE says of the whole pool, once."""
        for text in pool.conditions:
            if text not in self._said:
                self._said.add(text)
                self._say_of(pool.name, text)
