"""Errors of GPUs' memory, as nvidia-smi prints them."""

from __future__ import annotations

import pytest

from cluster_provision.health.gpu_errors import NO_GPU, checked, read_gpu_errors, rows_of

WELL = "GPU-a, 0, NVIDIA H100 80GB HBM3, 3, 0, 12, 0"
ROWS = "GPU-a, 1, 0, 0, 0"


def test_the_counts_of_a_gpu_and_its_replaced_rows_are_one_row_of_the_table() -> None:
    gpus = read_gpu_errors([WELL, ROWS])
    assert rows_of("vm-1", gpus) == [("vm-1", "0", "NVIDIA H100 80GB HBM3", "3", "0", "12/0", "1", "-")]
    assert checked("vm-1", gpus).verdict == "healthy"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["GPU-a, 0, NVIDIA H100, 0, 2, 0, 2"], "GPU 0: 2 uncorrected errors"),
        ([WELL, "GPU-a, 0, 1, 1, 0"], "GPU 0: rows wait for a reset"),
        ([WELL, "GPU-a, 0, 1, Yes, No"], "GPU 0: rows wait for a reset"),
        ([WELL, "GPU-a, 0, 1, No, Yes"], "GPU 0: rows could not be remapped"),
    ],
)
def test_a_fault_is_told_with_the_gpu(lines: list[str], fault: str) -> None:
    found = checked("vm-1", read_gpu_errors(lines))
    assert (found.verdict, found.health.checks[0].detail) == ("unhealthy", fault)


def test_errors_of_earlier_and_corrected_ones_are_no_fault() -> None:
    assert checked("vm-1", read_gpu_errors(["GPU-a, 0, NVIDIA A100, 900, 0, 5000, 7"])).verdict == "healthy"


def test_what_a_gpu_doesnt_count_is_no_zero() -> None:
    (gpu,) = read_gpu_errors(["GPU-a, 0, Tesla T4, [N/A], [N/A], [N/A], [N/A]", "GPU-a, [N/A], [N/A], [N/A], [N/A]"])
    assert rows_of("vm-1", [gpu])[0][3:] == ("-", "-", "-/-", "-", "-")


def test_a_machine_without_gpus_has_nothing_to_check() -> None:
    assert checked("login", read_gpu_errors([NO_GPU])).verdict == "skipped"


@pytest.mark.parametrize("lines", [[], ["No devices were found"], [WELL, "GPU-b, 0, 0, 0, 0"], [WELL, WELL]])
def test_anything_else_is_not_taken_for_well(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="nvidia-smi printed"):
        read_gpu_errors(lines)
