"""Waits for a Ray cluster: first for its head's name, then for the nodes' records that they have joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NotReady
from cluster_provision.number_of import number_of
from cluster_provision.readiness.group_problems import summary, unfilled
from cluster_provision.readiness.node_states import some_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node
    from cluster_provision.readiness.group_problems import GroupProblems
    from cluster_provision.readiness.polling import Poll, Tell
    from cluster_provision.state.base import StateStore


@dataclass(frozen=True)
class RayCluster:
    """The Ray cluster that the head runs now, by the nodes' own records.

    `joined` nodes are in it. `missing` ones aren't: a node in a former head's cluster, or in none, joins by itself.
    Those in `without` were made without Ray and can never join. `gpus` counts the GPUs in the cluster.
    """

    joined: tuple[str, ...]
    missing: tuple[str, ...]
    without: tuple[str, ...]
    gpus: int

    def text(self) -> str:
        """Return the number of nodes in it, and of their GPUs."""
        return f"{len(self.joined)} of {len(self.joined) + len(self.missing)} nodes, {self.gpus} GPUs"

    def missing_text(self) -> str:
        """Return the names of the missing nodes."""
        return some_of(self.missing)


def ray_cluster(nodes: Sequence[Node], head: str, store: StateStore) -> RayCluster:
    """Look at the records once; it ignores those of former machines with the same names."""
    ids = {n.name: n.instance_id for n in nodes}
    told = {s.name: s for s in store.node_summaries() if ids.get(s.name) == s.instance_id}
    cluster = told[head].ray if head in told else None
    joined = tuple(name for name in ids if cluster and name in told and told[name].ray == cluster)
    return RayCluster(
        joined,
        tuple(name for name in ids if name not in joined),
        tuple(name for name in ids if name in told and told[name].ray is None),
        sum(told[name].ray_gpus for name in joined),
    )


def wait_for_head(
    group: str,
    wanted: int,
    machines: Callable[[], Sequence[Machine]],
    problems: GroupProblems,
    poll: Poll,
    tell: Tell,
) -> Machine:
    """Wait for the head: the machine of `group`, as soon as it has a name, even before it runs.

    `wanted` is the number of machines in all groups. Raises the error that keeps the groups from filling, else
    NotReady.
    """
    in_the_way = []
    while poll.next():
        with poll.bearing_outages(tell):
            found = machines()
            head = next((m for m in found if m.group == group), None)
            if head is not None:
                return head
            in_the_way = problems.look(found, wanted, poll.elapsed)
            tell(f"group {group} has no machine yet")
    said = f": {summary(in_the_way)}" if in_the_way else ""
    raise error_of(
        unfilled(in_the_way),
        f"after {number_of(round(poll.elapsed / 60), 'minute')} group {group} has no machine{said}",
        "Run Create again to wait longer, or Destroy. READY_TIMEOUT sets the limit.",
    )


def wait_for_ray(nodes: Sequence[Node], head: str, store: StateStore, poll: Poll, tell: Tell) -> RayCluster:
    """Wait until every node's own record names the cluster that the head runs now, and return that cluster.

    Raises NotReady when the time is up, or at once if a machine was made without Ray.
    """
    found = RayCluster((), tuple(n.name for n in nodes), (), 0)
    while poll.next():
        with poll.bearing_outages(tell):
            found = ray_cluster(nodes, head, store)
            if found.without:
                raise NotReady(
                    f"these machines were made without Ray: {some_of(found.without)}",
                    "Replace them: run Destroy and Create, or replace these machines in their group "
                    "(docs/troubleshooting.md).",
                )
            if not found.missing:
                return found
            tell(f"in the Ray cluster; not yet: {found.missing_text()}", len(found.joined), len(nodes))
    raise NotReady(
        f"after {number_of(round(poll.elapsed / 60), 'minute')} these nodes are not in the Ray cluster of {head}: "
        f"{found.missing_text()}",
        "They keep trying, and so does Create when you run it again. On such a node "
        "/var/log/cluster/ray.log and ray.log.previous, of the try before, say why (docs/ray.md).",
    )
