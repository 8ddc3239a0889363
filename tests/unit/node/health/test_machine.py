"""run-machine-checks.sh: whether a machine of Google's is what its type promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.health.kit import node_at
from tests.unit.node.health.recorded import dcgm4, dcgm4_test

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.health.kit import Node

EXPECTED = {"type": "a3-highgpu-8g", "model": "H100", "nvlinks": 18, "local_ssds": 16}
GPU = "{index}, {name}, 580.126.16, {errors}, {pages}"
ALIVE = "2026-12-01T05:00:00+0000 vm kernel: NVRM: loading NVIDIA UNIX Open Kernel Module  580.126.16"


def gpu(index: int, name: str = "NVIDIA H100 80GB HBM3", errors: str = "0", pages: str = "[N/A]") -> str:
    return GPU.format(index=index, name=name, errors=errors, pages=pages)


def links(index: int, up: int = 18, of: int = 18) -> str:
    words = [f"\t Link {n}: {'26.562 GB/s' if n < up else '<inactive>'}" for n in range(of)]
    return "\n".join([f"GPU {index}: NVIDIA H100 80GB HBM3 (UUID: GPU-{index})", *words])


@pytest.fixture
def vm(tmp_path: Path) -> Node:
    """An a3-highgpu-8g on which everything is well."""
    node = node_at(tmp_path, "gcp")
    configure(node)
    shows(node)
    tells(node, ALIVE)
    for number in range(16):
        ssd(node, number)
    node.dcgm(dcgm4(dcgm4_test("memory", "Pass")))
    return node


def configure(node: Node, gpus: int = 8, **expected: object) -> None:
    config = {"schema": 1, "gpus": gpus, "expected": {**EXPECTED, **expected}}
    (node.root / "var/lib/cluster/config.json").write_text(json.dumps(config))


def shows(
    node: Node, gpus: list[str] | None = None, remapped: list[str] | None = None, nvlinks: list[str] | None = None
) -> None:
    """What nvidia-smi prints for each of its questions."""
    rows = gpus if gpus is not None else [gpu(n) for n in range(8)]
    answers = {
        "gpus": rows,
        "remapped": remapped if remapped is not None else [f"GPU-{n}, 0, 0" for n in range(len(rows))],
        "nvlink": nvlinks if nvlinks is not None else [links(n) for n in range(len(rows))],
        "list": [f"GPU {n}: NVIDIA H100 80GB HBM3 (UUID: GPU-{n})" for n in range(len(rows))],
    }
    for name, lines in answers.items():
        (node.root / f"said-{name}").write_text("\n".join(lines) + "\n")
    patterns = {"--query-gpu*": "gpus", "--query-rem*": "remapped", "nvlink": "nvlink", "-L": "list"}
    cases = "\n".join(f'  {pattern}) cat "$NODE_ROOT/said-{name}" ;;' for pattern, name in patterns.items())
    node.command("nvidia-smi", f"case $1 in\n{cases}\nesac")


def tells(node: Node, *lines: str) -> None:
    """What the kernel has said since the start."""
    (node.root / "kernel").write_text("".join(f"{line}\n" for line in lines))
    node.command("journalctl", 'cat "$NODE_ROOT/kernel"')
    node.command("dmesg", "echo 'dmesg: read kernel buffer failed: Operation not permitted' >&2; exit 1")


def ssd(node: Node, number: int) -> None:
    folder = node.root / "dev/disk/by-id"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"google-local-nvme-ssd-{number}").touch()


def found(node: Node) -> tuple[str, str]:
    node.run("run-machine-checks.sh")
    check = node.check("machine")
    return check["status"], check["detail"]


def test_a_machine_that_is_what_its_type_promises_passes_and_says_what_was_seen(vm: Node) -> None:
    assert found(vm) == (
        "passed",
        "8 NVIDIA H100 80GB HBM3 with driver 580.126.16, no uncorrectable memory error, 18 NVLinks on each, "
        "no Xid of a fault since the start, 16 local SSDs",
    )
    assert vm.status_of("machine-health.log") == "passed"
    assert "$ nvidia-smi nvlink --status" in (vm.root / "var/log/machine-health.log").read_text()


@pytest.mark.parametrize(
    ("gpus", "told"),
    [
        ([gpu(n) for n in range(7)], "7 of 8 GPUs are there"),
        (["No devices were found"], "0 of 8 GPUs are there"),
        ([gpu(n, "NVIDIA A100-SXM4-80GB") for n in range(8)], "names NVIDIA A100-SXM4-80GB where H100 should be"),
        ([*(gpu(n) for n in range(7)), gpu(7, errors="3")], "uncorrectable memory errors (ECC): GPU 7: 3"),
        ([*(gpu(n) for n in range(7)), gpu(7, pages="Yes")], "by a reset of the GPU or a reboot: GPU 7"),
    ],
)
def test_gpus_that_are_missing_other_ones_or_sick_are_named(vm: Node, gpus: list[str], told: str) -> None:
    shows(vm, gpus)
    status, detail = found(vm)
    assert status == "failed"
    assert told in detail


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("GPU-7, 1, 0", "faulty memory is to be replaced by a reset of the GPU or a reboot: GPU-7"),
        ("GPU-7, 0, 1", "faulty rows of memory could not be replaced: GPU-7"),
    ],
)
def test_rows_of_memory_that_are_to_be_replaced_or_could_not_be_fail(vm: Node, row: str, told: str) -> None:
    shows(vm, remapped=[*(f"GPU-{n}, 0, 0" for n in range(7)), row])
    assert found(vm) == ("failed", told)


def test_a_link_that_is_down_names_its_gpu(vm: Node) -> None:
    shows(vm, nvlinks=[*(links(n) for n in range(7)), links(7, up=17)])
    assert found(vm) == ("failed", "NVLinks are down (18 on each GPU should be up): GPU 7: 17")


def test_a_missing_local_ssd_fails(vm: Node) -> None:
    (vm.root / "dev/disk/by-id/google-local-nvme-ssd-3").unlink()
    assert found(vm) == ("failed", "15 of 16 local SSDs are there")


@pytest.mark.parametrize(("number", "status"), [("79", "failed"), ("48", "failed"), ("31", "passed"), ("94", "passed")])
def test_an_xid_of_the_machine_fails_and_an_applications_own_does_not(vm: Node, number: str, status: str) -> None:
    tells(vm, ALIVE, *[f"vm kernel: NVRM: Xid (PCI:0000:04:00): {number}, pid=4711, name=python"] * 2)
    assert found(vm)[0] == status
    if status == "failed":
        assert found(vm)[1] == f"the driver told of Xid {number} (0000:04:00), 2 times"


@pytest.mark.parametrize(
    ("missing", "told"),
    [("model", "GPU model"), ("nvlinks", "NVLinks"), ("local_ssds", "number of local SSDs")],
)
def test_what_nobody_has_published_of_a_type_is_unknown(vm: Node, missing: str, told: str) -> None:
    configure(vm, type="a9-highgpu-8g", **{missing: None})
    assert found(vm) == ("unknown", f"{told}: no threshold known for a9-highgpu-8g")


def test_memory_whose_errors_are_not_counted_is_unknown(vm: Node) -> None:
    shows(vm, [gpu(n, errors="[N/A]") for n in range(8)])
    assert found(vm) == ("unknown", "ECC is off, or its errors can't be read, on GPU 0, 1, 2, 3, 4, 5, 6, 7")


def test_a_driver_that_fails_is_unknown_and_no_missing_gpus(vm: Node) -> None:
    said = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    vm.command("nvidia-smi", f'echo "{said}"; exit 9')
    assert found(vm) == ("unknown", f"nvidia-smi ended with status 9: {said}")


def test_a_kernel_that_was_not_heard_is_unknown(vm: Node) -> None:
    tells(vm)
    status, detail = found(vm)
    assert (status, detail) == (
        "unknown",
        "the kernel's log can't be read: dmesg: read kernel buffer failed: Operation not permitted",
    )


def test_disks_that_the_image_does_not_name_are_unknown(vm: Node) -> None:
    for each in (vm.root / "dev/disk/by-id").iterdir():
        each.unlink()
    assert found(vm)[0] == "unknown"


def test_a_machine_without_gpus_and_disks_has_nothing_to_check(vm: Node) -> None:
    configure(vm, gpus=0, type="n9-standard-4", model=None, nvlinks=None, local_ssds=None)
    assert found(vm) == ("skipped", "the type has neither GPUs nor local SSDs")


def test_all_checks_of_google_machines_run_and_diagnostics_that_are_not_there_are_skipped(vm: Node) -> None:
    assert vm.run("run-health-checks.sh").returncode == 0
    assert [(c["name"], c["status"]) for c in vm.health()["checks"]] == [("machine", "passed"), ("dcgm", "passed")]
    (vm.root / "bin/dcgmi").unlink()
    assert vm.run("run-health-checks.sh").returncode == 0
    assert vm.check("dcgm") | {"time": ""} == {
        "name": "dcgm",
        "status": "skipped",
        "detail": "dcgmi is not installed",
        "time": "",
    }
