"""Slurm's files that a machine has already."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.outputs.gres_conf import read_gres_conf
from cluster_provision.slurm.outputs.slurm_files import cluster_of, judge_cgroup_conf
from cluster_provision.slurm.release import read_release

DATA = Path(__file__).parent / "data"


def text(name: str) -> str:
    return (DATA / name).read_text()


@pytest.mark.parametrize(("node", "count"), [("n1", 8), ("n2", 8), ("n3", 4), ("n4", 0)])
def test_gpus_are_counted_by_node(node: str, count: int) -> None:
    assert read_gres_conf(text("gres-classic.conf")).gpus_of(node) == count


def test_nvml_is_refused_with_what_is_written_instead() -> None:
    read = read_gres_conf(text("gres-nvml.conf"))
    assert read.autodetect == "nvml"
    assert "Debian 12 can't install" in read.problems[0]


def test_a_mig_device_is_one_whatever_its_files() -> None:
    read = read_gres_conf(text("gres-mig.conf"))
    assert [(each.type, each.count) for each in read.entries if each.name == "gpu"] == [
        ("nvidia_h100_80gb_hbm3", 2),
        ("nvidia_h100_80gb_hbm3_4g.40gb", 1),
        ("nvidia_h100_80gb_hbm3_1g.10gb", 1),
    ]
    assert read.problems == ()


def test_counts_that_differ_and_old_words_are_named_by_line() -> None:
    named = "\n".join(read_gres_conf(text("gres-wrong.conf")).problems)
    for part in (
        "line 1: Name=GPU",
        "Cpus is the old word",
        "Count=4, but File names 8",
        "line 2: File=/dev/nvidia8-9",
    ):
        assert part in named


@pytest.mark.parametrize(
    ("file", "release", "refused"),
    [
        ("cgroup-old.conf", "22.05", {"CgroupReleaseAgentDir"}),
        ("cgroup-old.conf", "24.11", {"CgroupReleaseAgentDir"}),
        ("cgroup-old.conf", "25.11", {"CgroupReleaseAgentDir"}),
        ("cgroup-kmem.conf", "22.05", set()),
        ("cgroup-kmem.conf", "23.02", set()),
        ("cgroup-kmem.conf", "23.11", {"ConstrainKmemSpace", "AllowedKmemSpace", "MaxKmemPercent"}),
        ("cgroup-task.conf", "22.05", {"TaskAffinity"}),
        ("cgroup-new.conf", "22.05", {"SignalChildrenProcesses", "SystemdTimeout"}),
        ("cgroup-new.conf", "23.11", {"SystemdTimeout"}),
        ("cgroup-new.conf", "24.05", set()),
    ],
)
def test_a_release_dies_of_keys_of_cgroup_conf(file: str, release: str, refused: set[str]) -> None:
    found = read_release(release)
    assert found
    judged = judge_cgroup_conf(text(file), found)
    assert {each.key for each in judged if each.outcome == "refuse"} == refused
    assert all(
        release in each.reason or each.key == "CgroupReleaseAgentDir" for each in judged if each.outcome == "refuse"
    )


@pytest.mark.parametrize(("release", "outcome"), [("22.05", "take"), ("23.02", "take"), ("23.11", "warn")])
def test_automount_is_only_an_error_in_the_log(release: str, outcome: str) -> None:
    found = read_release(release)
    assert found
    assert judge_cgroup_conf("CgroupAutomount=yes\n", found)[0].outcome == outcome


def test_a_foreign_configuration_names_its_cluster() -> None:
    assert cluster_of("# x\nSlurmctldHost=a\nclustername = oldcluster # here\n") == "oldcluster"
    assert cluster_of("SlurmctldHost=a\n") == ""
