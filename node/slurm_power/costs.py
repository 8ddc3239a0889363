"""What the cluster costs in dollars an hour, by the nodes that are on, and whether more may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.slurm_power.phases import IS_OFF, STOPPING, phase_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cluster_provision.slurm.cloud import CloudCluster, Pool
    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_power.decide import Todo
    from node.slurm_power.kept import Kept


def hourly(cluster: CloudCluster, nodes: Collection[str]) -> float:
    """Controller, its data disk, login nodes and these nodes. A pool whose price is unknown counts nothing."""
    return cluster.fixed_hourly + sum(
        (pool.hourly or 0.0) * sum(name in nodes for name in pool.nodes) for pool in cluster.pools
    )


def on_now(states: Mapping[str, NodeState]) -> set[str]:
    """The nodes that have a machine, or are about to."""
    return {name for name, state in states.items() if phase_of(state) not in (IS_OFF, STOPPING)}


def over_the_limit(
    cluster: CloudCluster, states: Mapping[str, NodeState], todo: Todo, kept: Kept
) -> dict[Pool, list[str]]:
    """The nodes whose machines would lead over MAX_HOURLY_COST, by pool: the last ones."""
    if cluster.max_hourly_cost is None:
        return {}
    on = on_now(states) - set(todo.creations) - kept.back
    found: dict[Pool, list[str]] = {}
    for pool in cluster.pools:
        for name in [each for each in pool.nodes if each in todo.creations]:
            if hourly(cluster, on | {name}) > cluster.max_hourly_cost:
                found.setdefault(pool, []).append(name)
            else:
                on.add(name)
    return found
