"""What the result has of a cluster whatever the action: its price and age, its nodes' GPUs and own steps."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import CANNOT_LOOK, SettingsError, StateStoreError
from cluster_provision.parallel import at_once
from cluster_provision.result import NodeSetUp, SetUpStep
from cluster_provision.state.base import BackendStore
from cluster_provision.state.price import kept_price
from cluster_provision.targets.base import MeasuredTarget

if TYPE_CHECKING:
    from cluster_provision.node import NodeRecord
    from cluster_provision.run import Run

MOST_NODES = 64
"""The number of nodes whose own steps the result has: each takes a request. Those that are not ready come first."""


def note_cluster(run: Run) -> None:
    """Note how many GPUs each node has, when the cluster's place was claimed, and the price at the last Create where
    this run knows none.

    What can't be looked at stays unknown: it keeps no run from its own end.
    """
    if isinstance(run.target, MeasuredTarget):
        with contextlib.suppress(SettingsError):  # machines without GPUs
            run.result.gpus_per_node = run.target.nccl_machine().gpus or None
    if not isinstance(run.store, BackendStore):
        return  # machines that exist already cost the same with and without this tool
    try:
        if run.result.price is None:
            run.result.price = kept_price(run.store)
        claimed = run.store.claimed_at()
    except (*CANNOT_LOOK, StateStoreError):
        return
    run.result.since = claimed.isoformat(timespec="seconds") if claimed else ""


def note_set_up(run: Run) -> None:
    """Note the nodes' own steps, from their records. What can't be looked at is left out."""
    instances = {node.name: node.instance_id for node in run.result.nodes if node.instance_id}
    if not instances:
        return
    try:
        told = [each for each in run.store.node_summaries() if instances.get(each.name) == each.instance_id]
        names = [each.name for each in sorted(told, key=lambda each: (each.status == "ready", each.name))]
        found = at_once([partial(run.store.node_record, name) for name in names[:MOST_NODES]])
    except (*CANNOT_LOOK, StateStoreError):
        return
    records = sorted((each for each in found if each is not None), key=lambda each: each.node)
    run.result.set_up = tuple(_set_up(each) for each in records if each.instance_id == instances.get(each.node))


def _set_up(record: NodeRecord) -> NodeSetUp:
    return NodeSetUp(
        record.node, tuple(SetUpStep(each.name, each.status, each.seconds, each.optional) for each in record.steps)
    )
