"""Machines of a new cluster's first nodes, which are ordered ahead: while the controller still installs Slurm.

Such a machine starts before Slurm has its node start. slurmctld takes a node that is off and registers by itself (22.05
to 25.11, src/slurmctld/node_mgr.c, validate_node_specs), but of one that it has powered up it waits for a start after
that (waiting_for_node_boot in the same file). So these nodes aren't powered up; where one doesn't come, its machine
goes, and the node is started as any other.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from node.slurm_cloud.http import CallFailed
from node.slurm_power.calls import Calls
from node.slurm_power.costs import over_the_limit
from node.slurm_power.decide import Todo, note_requests
from node.slurm_power.kept import Kept, is_anything_kept, write_kept
from node.slurm_power.work import batches, cloud_of, locked

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import CloudCluster
    from node.slurm_power.cloud import Cloud


def order_ahead(cluster: CloudCluster) -> list[str]:
    """Order the machines of the first nodes, where nothing is kept yet; returns what could not be done, in words.

    A controller that is made anew with its disk has Slurm's own memory of the nodes, and nothing is ordered ahead.
    """
    with locked():
        return [] if is_anything_kept() else order(cluster, cloud_of(cluster), time.time())


def order(cluster: CloudCluster, cloud: Cloud, now: float) -> list[str]:
    """The same with a lock held. What is refused is asked for again once Slurm is there, and told then."""
    kept, todo = Kept(), Todo()
    calls = Calls(cloud, kept, now)
    note_requests(cluster, kept, ())
    groups = [group for pool in cluster.pools for group in pool.groups]
    try:
        there = {each.node for each in calls.look(groups)}
    except CallFailed as failure:
        return [str(failure)]
    todo.creations = [name for name in cluster.nodes if name in kept.wanted and name not in there]
    dear = {name for names in over_the_limit(cluster, {}, todo, kept).values() for name in names}
    kept.ahead = kept.wanted - dear
    kept.asked = dict.fromkeys(kept.ahead & there, now)
    write_kept(kept)
    problems = []
    for group in groups:
        for some in batches([name for name in group.nodes if name in todo.creations and name not in dear]):
            if calls.is_quiet:
                break
            kept.asked.update(dict.fromkeys(some, now))
            write_kept(kept)
            try:
                calls.create(group, some)
            except CallFailed as failure:
                problems.append(str(failure))
                for name in () if failure.is_busy else some:  # of a call without an answer nobody knows
                    kept.asked.pop(name, None)
                    kept.ahead.discard(name)
    if any(kept.unnamed.values()) and not calls.is_quiet:
        with suppress(CallFailed):
            calls.look(groups)  # a scale set's machines that show already get their names before the first look does it
    write_kept(kept)
    return problems
