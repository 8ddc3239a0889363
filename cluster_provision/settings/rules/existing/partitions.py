"""Rules for the partitions beside the nodes that there are."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.settings.readers.slurm.partitions import ALL, BATCH, partition_problems


def partitions(draft: ExistingDraft) -> ExistingRuleResult:
    """Fill in the only partition where none is named; report nodes that aren't there, and those in no partition."""
    settings = draft.settings
    if not draft.good("partitions"):
        return ExistingRuleResult()
    if not settings.partitions:
        return ExistingRuleResult(settings=replace(settings, partitions=(BATCH,)))
    if not settings.compute:
        return ExistingRuleResult()
    problems = tuple(f"PARTITIONS: {each}" for each in partition_problems(settings.partitions, settings.compute))
    named = {node for each in settings.partitions for node in (settings.compute if each.nodes == ALL else each.nodes)}
    left = [node for node in settings.compute if node not in named]
    notes = (f"PARTITIONS: no partition has {fold_hostlist(left)}, so that no job runs there",) if left else ()
    return ExistingRuleResult(problems, notes)
