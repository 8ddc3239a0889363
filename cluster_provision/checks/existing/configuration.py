"""Whether the user's own keys of slurm.conf can be used with the release that the machines have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.settings.readers.slurm.judgement import REFUSE, WARN
from cluster_provision.settings.readers.slurm.partitions import partition_problems
from cluster_provision.slurm.keys import judge_keys

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject


def configuration(subject: Subject) -> Finding:
    """Judge each key, and the partitions, by the release."""
    settings = subject.settings
    release = subject.offer.release
    extra = (*settings.slurm_conf_extra.of("slurm.conf"), *settings.slurm_conf_extra.of("cgroup.conf"))
    judged = judge_keys(extra, release, adopt=True)
    problems = tuple(f"SLURM_CONF_EXTRA: {each.reason}" for each in judged if each.outcome == REFUSE)
    accounting = settings.accounting != "off"
    named = partition_problems(settings.partitions, settings.compute, str(release), accounting=accounting)
    problems += tuple(f"PARTITIONS: {each}" for each in named)
    notes = tuple(f"SLURM_CONF_EXTRA: {each.reason}" for each in judged if each.outcome == WARN)
    if problems:
        return Finding((Check("slurm.conf", "failed", "; ".join(problems)),), (SettingsError(problems),), notes)
    return Finding((Check("slurm.conf", "ok", f"Slurm {release}, {len(extra) or 'no'} keys of your own"),), notes=notes)
