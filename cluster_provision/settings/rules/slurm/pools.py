"""Rules for the numbers of a Slurm cluster's nodes on a cloud: INSTANCE_COUNT, MAX_NODES and PARTITIONS must fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf
from cluster_provision.settings.readers.slurm.cloud_partitions import MOST_NODES
from cluster_provision.settings.readers.slurm.partitions import partition_problems
from cluster_provision.settings.slurm_cloud import HPC

if TYPE_CHECKING:
    from cluster_provision.settings.draft import DraftOf
    from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartition
    from cluster_provision.settings.slurm_cloud import SlurmCloudSettings

NUMBERS = ("instance_count", "max_nodes", "partitions")


def no_machines(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Refuse INSTANCE_COUNT=0 but for Slurm, whose nodes can all be off."""
    if draft.orchestrator == "slurm" or not draft.good("instance_count") or draft.settings.instance_count:
        return RuleResultOf()
    problem = (
        "INSTANCE_COUNT=0: a cluster has at least one machine; 0 is for ORCHESTRATOR_TYPE=slurm, whose nodes can all "
        "be off"
    )
    return RuleResultOf((problem,), bad=frozenset({"instance_count"}))


def pools(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Fill in INSTANCE_COUNT and MAX_NODES, which PARTITIONS may say instead for the first pool."""
    if draft.orchestrator != "slurm" or not draft.good(*NUMBERS):
        return RuleResultOf()
    settings = draft.settings
    own = [each for each in settings.partitions or (HPC,) if each.own]
    problems = list(_said_twice(draft, own[0]))
    count = own[0].count or settings.max_nodes or settings.instance_count
    on = own[0].on if own[0].on is not None else _asked(draft, count)
    if not count:
        problems.append(
            "INSTANCE_COUNT=0 with neither MAX_NODES nor a number of nodes in PARTITIONS: there could never be a node; "
            "set MAX_NODES to how many there can be"
        )
    elif on > count:
        problems.append(
            f"INSTANCE_COUNT={on} is more than the {count} that there can be: raise MAX_NODES, or lower INSTANCE_COUNT"
        )
    total = count + sum(each.count or 0 for each in own[1:])
    if total > MOST_NODES:
        problems.append(f"PARTITIONS has {total} nodes in all; at most {MOST_NODES} are taken")
    if problems:
        return RuleResultOf(tuple(problems), bad=frozenset(NUMBERS))
    return RuleResultOf(settings=replace(settings, instance_count=on, max_nodes=count))


def partitions(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Refuse nodes that aren't there, and keys that need accounting."""
    if draft.orchestrator != "slurm" or not draft.good(*NUMBERS, "name_prefix", "accounting"):
        return RuleResultOf()
    settings = draft.settings
    accounting = settings.accounting != "off"
    found = partition_problems(settings.slurm_partitions, settings.slurm_nodes, accounting=accounting)
    return RuleResultOf(tuple(f"PARTITIONS: {each}" for each in found))


def _said_twice(draft: DraftOf[SlurmCloudSettings], first: CloudPartition) -> list[str]:
    settings = draft.settings
    problems = []
    if first.count is not None and settings.max_nodes not in (None, first.count):
        problems.append(
            f"MAX_NODES={settings.max_nodes}, and PARTITIONS has Nodes={first.count} in {first.name}, the first "
            "partition, which both mean: remove one of the two"
        )
    if first.on is not None and "instance_count" in draft.given and settings.instance_count != first.on:
        problems.append(
            f"INSTANCE_COUNT={settings.instance_count}, and PARTITIONS has On={first.on} in {first.name}, the first "
            "partition, which both mean: remove one of the two"
        )
    return problems


def _asked(draft: DraftOf[SlurmCloudSettings], count: int) -> int:
    """How many nodes are to be on: the default is no more than there can be."""
    asked = draft.settings.instance_count
    return asked if "instance_count" in draft.given else min(asked, count)
