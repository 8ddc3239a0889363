"""Whose reason keeps a node from jobs, and what Undrain does with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.outputs.drain_reasons import judge_reason, read_reasons

TABLE = Path(__file__).parent / "data" / "drain-reasons.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize(("line", "whose"), [row for row in ROWS if row[0]])
def test_a_reason_is_somebodys(line: str, whose: str) -> None:
    (reason,) = read_reasons(line + "\n")
    assert reason.whose == whose
    assert f"{reason.text}|{reason.user}|{reason.time}|{reason.nodes}" == line or whose == "nobody"


def test_an_empty_line_is_nobodys() -> None:
    assert read_reasons("\n|||\n") == ()


@pytest.mark.parametrize(
    ("text", "user", "undrain"),
    [
        ("off: not needed", "root", "leave"),
        ("health: 7 of 8 GPUs", "slurm", "leave"),
        ("capacity: none", "root", "leave"),
        ("prolog: 50-gpu: refused", "root", "undrain"),
        ("Kill task failed", "root", "undrain"),
        ("gres/gpu count reported lower than configured (7 < 8)", "slurm", "undrain if the cause is gone"),
        ("Not responding", "slurm", "leave"),
        ("NHC: check_hw_gpu", "root", "leave"),
        ("Wartung", "jörg", "undrain"),
        ("maintenance", "root", "undrain"),
        ("off:tomorrow", "root", "undrain"),
        ("none", "Unknown", "leave"),
        ("cluster-provision: leaves the cluster", "root", "leave"),
        ("cluster-provision: health: 7 of 8 GPUs", "root", "leave"),
        ("cluster-provision: prolog 50-gpu: refused", "root", "undrain"),
        ("cluster-provision: mine", "ada", "undrain"),
    ],
)
def test_undrain_leaves_the_tools_own_and_other_tools_reasons(text: str, user: str, undrain: str) -> None:
    assert judge_reason(text, user).undrain == undrain


@pytest.mark.parametrize(
    "text", ["gres/gpu count repor", "Node unexpectedly re", "Low RealMemory (repo", "batch job complete f"]
)
def test_a_reason_that_sinfo_cut_after_20_characters_is_slurms_still(text: str) -> None:
    assert judge_reason(text, "slurm").whose == "Slurm"


def test_a_reason_may_hold_bars_of_its_own() -> None:
    (reason,) = read_reasons("a|b|c|ada|2026-11-30T09:53:20|n[1-2]\n")
    assert (reason.text, reason.user, reason.nodes) == ("a|b|c", "ada", "n[1-2]")


def test_slurms_reasons_say_what_helps() -> None:
    assert "nvidia-smi" in judge_reason("gres/gpu:h100 count too low (7 < 8)", "slurm").advice
    assert "reboot" in judge_reason("Kill task failed", "root").advice
