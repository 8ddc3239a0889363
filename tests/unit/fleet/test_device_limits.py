"""The limits of an all-reduce on machines that no cloud's size names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.fleet.nccl.device_limits import DeviceLimit, device_limits, limits_of
from cluster_provision.fleet.nccl.plan import MachineClass
from cluster_provision.fleet.nccl.thresholds import threshold_for
from cluster_provision.fleet.nccl.verdict import gib, judge
from tests.unit.fleet.nccl_kit import GIB
from tests.unit.fleet.nccl_runs import finding, recorded

H100 = "NVIDIA H100 80GB HBM3"


@pytest.mark.parametrize("line", device_limits(), ids=lambda line: line.threshold.size)
def test_a_limit_that_is_lower_than_what_was_measured_is_at_a_size_that_is_measured(line: DeviceLimit) -> None:
    limit = line.threshold
    assert limit.warn is not None
    assert limit.fail < limit.warn < (limit.expected or limit.warn + 1)
    assert limit.message in [1 << power for power in range(20, 33)]


def test_machines_with_less_infiniband_than_the_figures_were_measured_on_are_not_judged() -> None:
    assert [line.nodes for line in limits_of(H100, 8, 3200, 4 * GIB)] == [(2, 8), (1, 1), (2, 2)]
    assert [line.nodes for line in limits_of(H100, 8, 400, 4 * GIB)] == [(1, 1)]


def test_the_line_for_the_largest_message_that_is_measured_counts() -> None:
    largest = {
        end: threshold_for("8 x H100", 2, limits_of(H100, 8, 3200, end)) for end in (4 * GIB, GIB // 2, GIB // 4)
    }
    assert [line.message if line else None for line in largest.values()] == [4 * GIB, GIB // 2, None]


@pytest.mark.parametrize(("device", "gpus"), [("NVIDIA H100 PCIe", 8), (H100, 4), ("NVIDIA H200 NVL", 8), ("", 8)])
def test_cards_without_nvlink_and_other_numbers_of_them_are_not_judged(device: str, gpus: int) -> None:
    assert limits_of(device, gpus, 3200, 4 * GIB) == ()


def test_a_limit_for_a_larger_message_than_is_measured_does_not_apply() -> None:
    assert limits_of(H100, 8, 3200, GIB // 4) == ()


@pytest.mark.parametrize(("fabric", "verdict"), [(3200, "ok"), (800, "unknown")])
def test_a_run_is_judged_by_the_limits_of_its_devices(fabric: int, verdict: str) -> None:
    machine = MachineClass("8 x H100", 8, "H100", False, "slurm", limits_of(H100, 8, fabric, 4 * GIB))
    judged = judge(recorded("srun_b-label"), machine, 2)
    assert finding(judged, "bandwidth").verdict == verdict
    assert finding(judged, "results").verdict == "ok"


def test_the_document_has_every_line_of_the_table() -> None:
    text = (Path(__file__).parents[3] / "docs" / "benchmark.md").read_text()
    for line in device_limits():
        limit, (first, last) = line.threshold, line.threshold.nodes
        nodes = str(first) if first == last else f"{first} to {last}"
        cells = f"| {nodes} | {line.fabric or ''} | {gib(limit.message)} | {limit.warn:g} | {limit.fail:g} |"
        assert cells.replace("|  |", "| |") in text
