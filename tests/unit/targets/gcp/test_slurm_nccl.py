"""The all-reduce on a cloud's Slurm cluster: what srun is told of the network between the nodes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cluster_provision.orchestrators.slurm.all_reduce import WITH_PLUGIN, Extent, Program, all_reduce
from cluster_provision.settings import GcpSettings
from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartitions
from cluster_provision.targets.gcp.slurm.nccl import nccl_program
from tests.unit.orchestrators.slurm.controllers import Controller, result

if TYPE_CHECKING:
    from pathlib import Path


def program_of(nccl_tests: str) -> Program | None:
    """On a cluster of A3 Ultra."""
    given = {
        "project_id": "p-123456",
        "name_prefix": "demo",
        "zone": ("us-central1-a",),
        "orchestrator_type": "slurm",
        "partitions": CloudPartitions().read("hpc:Nodes=8"),
        "vm_type": "a3-ultragpu-8g",
        "accelerator_type": "nvidia-h200-141gb",
        "gpu_count": 8,
        "disk_type": "hyperdisk-balanced",
        "provisioning_model": "spot",
        "nccl_tests": nccl_tests,
    }
    return nccl_program(GcpSettings(**{"cloud": "gcp", **given}))  # type: ignore[arg-type]


def words(program: Program, *nodes: str) -> str:
    """What is run over these nodes."""
    controller = Controller.of(timeout=[result()])
    all_reduce(controller, program, "hpc", nodes, 8, Extent(1 << 20, 1 << 30, 60))
    return " ".join(controller.asked[-1])


def test_several_nodes_use_their_networks_plugin_and_one_does_without() -> None:
    program = program_of("/opt/nccl-tests/build")
    assert program is not None
    assert "/usr/local/gib /var/lib/gib scripts/set_nccl_env.sh NCCL_NET=gIB /opt/nccl-tests/build" in words(
        program, "n1", "n2"
    )
    assert "gib" not in words(program, "n1")
    assert program.networks["hpc"].transport == "gIB"


def test_without_a_program_nothing_can_be_measured() -> None:
    assert program_of("") is None


def test_the_tables_variables_win_over_those_of_the_plugins_script(tmp_path: Path) -> None:
    gib = tmp_path / "gib"
    (gib / "lib64").mkdir(parents=True)
    (gib / "env.sh").write_text("export NCCL_NET=other NCCL_TUNER=1\n")
    run = ["bash", "-c", WITH_PLUGIN, "plugin", f"/nowhere {gib}", "env.sh", "NCCL_NET=gIB", "env"]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {"NCCL_NET=gIB", "NCCL_TUNER=1", f"NCCL_LIB_DIR={gib}/lib64"} <= set(said)


def test_a_node_without_the_plugin_names_itself() -> None:
    run = ["bash", "-c", WITH_PLUGIN, "plugin", "/nowhere", "", "env"]
    ended = subprocess.run(
        run, capture_output=True, text=True, check=False, env={"SLURMD_NODENAME": "n7", "PATH": "/usr/bin:/bin"}
    )
    assert ended.returncode == 127
    assert "n7 has no NCCL plugin for its network: none of /nowhere" in ended.stderr
