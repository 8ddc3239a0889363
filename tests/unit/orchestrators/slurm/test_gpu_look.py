"""The script by which a job looks what a node has, run here with made-up programs and a made-up /sys."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.orchestrators.slurm.all_reduce import Program
from cluster_provision.orchestrators.slurm.free_nodes import FreeNodes
from cluster_provision.orchestrators.slurm.gpu_look import LOOK, Looked, NodeLook, look_at_gpus
from tests.unit.orchestrators.slurm.machines import Machines, lyra, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cluster_provision.fleet.command import CommandResult

H100 = "".join(f"GPU {i}: NVIDIA H100 80GB HBM3 (UUID: GPU-{i})\n" for i in range(8))
PROGRAM = Program("/opt/nccl-tests/build")


def looked(folder: Path, smi: str | None, ports: dict[str, tuple[str, str, str]]) -> str:
    """What the script prints where nvidia-smi prints `smi`; a port's link layer, state and rate by its path."""
    bins = folder / "bin"
    bins.mkdir()
    if smi is not None:
        (bins / "nvidia-smi").write_text(f"#!/bin/sh\ncat <<'END'\n{smi}END\n")
        (bins / "nvidia-smi").chmod(0o755)
    for path, (link, state, rate) in ports.items():
        port = folder / "sys/class/infiniband" / path
        port.mkdir(parents=True)
        for name, text in (("link_layer", link), ("state", state), ("rate", rate)):
            (port / name).write_text(text + "\n")
    script = LOOK.replace("/sys/", f"{folder}/sys/")
    environment = {"PATH": f"{bins}:/usr/bin:/bin", "SLURMD_NODENAME": "lyra01"}
    ran = subprocess.run(
        ("sh", "-c", script, "look", "/bin/sh"), env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_gpus_active_infiniband_and_the_program_are_seen(tmp_path: Path) -> None:
    ports = {
        "mlx5_0/ports/1": ("InfiniBand", "4: ACTIVE", "400 Gb/sec (4X NDR)"),
        "mlx5_1/ports/1": ("InfiniBand", "4: ACTIVE", "400 Gb/sec (4X NDR)"),
        "mlx5_2/ports/1": ("InfiniBand", "1: DOWN", "10 Gb/sec (4X SDR)"),
        "mlx5_an0/ports/1": ("Ethernet", "4: ACTIVE", "100 Gb/sec (4X EDR)"),
    }
    assert looked(tmp_path, H100, ports) == "look|lyra01|8|0|NVIDIA H100 80GB HBM3|800|yes\n"


def test_a_node_without_a_driver_and_cards_has_none(tmp_path: Path) -> None:
    assert looked(tmp_path, None, {}) == "look|lyra01|0|0||0|yes\n"


def test_parts_of_gpus_are_counted(tmp_path: Path) -> None:
    smi = (
        H100.splitlines()[0]
        + "\n  MIG 1g.10gb     Device  0: (UUID: MIG-1)\n  MIG 1g.10gb     Device  1: (UUID: MIG-2)\n"
    )
    assert looked(tmp_path, smi, {}) == "look|lyra01|1|2|NVIDIA H100 80GB HBM3|0|yes\n"


@pytest.mark.parametrize(
    ("err", "why"),
    [
        ("srun: error: Unable to allocate resources: Requested nodes are busy\n", "Unable to allocate resources"),
        ("srun: error: lyra02: task 1: Exited with exit code 2\n", "task 1 on lyra02: exited with exit code 2"),
        ("", "exit code 1"),
    ],
)
def test_a_node_that_a_job_could_not_look_at_is_named_with_why(err: str, why: str) -> None:
    class Half(Machines):
        def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
            return said("look|lyra01|8|0|NVIDIA H100 80GB HBM3|3200|yes\n", err, 1)

    found = look_at_gpus(Half(lyra(2)), PROGRAM, FreeNodes("batch", ("lyra01", "lyra02"), 8, {}))
    assert "could not look at lyra02" in found.failure
    assert why in found.failure


def test_nodes_with_other_gpus_have_no_common_name_and_the_least_infiniband_counts() -> None:
    found = Looked(
        {"a": NodeLook(8, 0, "NVIDIA H100 80GB HBM3", 3200, True), "b": NodeLook(8, 0, "NVIDIA H200", 400, True)}
    )
    assert (found.device, found.fabric) == ("", 400)
