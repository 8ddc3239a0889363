"""Slurm's files that are on a machine already: whose cluster they are of, and which release would die of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.judgement import Judgement
from cluster_provision.settings.readers.slurm.keys import find_key
from cluster_provision.settings.readers.slurm.slurm_conf_lines import file_lines
from cluster_provision.slurm.keys import judge_keys

if TYPE_CHECKING:
    from cluster_provision.slurm.release import Release


def cluster_of(text: str) -> str:
    """Return the ClusterName of a slurm.conf, empty where it has none."""
    return next((line.value for line in file_lines(text) if line.key.lower() == "clustername"), "")


def judge_cgroup_conf(text: str, release: Release) -> tuple[Judgement, ...]:
    """Judge each key of a cgroup.conf. One that slurmd doesn't know there ends it, whatever slurm.conf says of it."""
    pairs: list[tuple[str, str]] = []
    strange: list[Judgement] = []
    for line in file_lines(text):
        key = find_key(line.key)
        if key and key.file == "cgroup.conf":
            pairs.append((key.name, line.value))
        else:
            reason = f"{line.key} is no key of cgroup.conf in Slurm {release}, whose slurmd would not start"
            strange.append(Judgement(line.key, "refuse", reason))
    return (*judge_keys(pairs, release), *strange)
