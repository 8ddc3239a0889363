"""The examples of NCCL as Slurm runs them: what srun is asked for, and with which environment on which machine."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster_provision.fleet.nccl.plan import MachineClass, plan_for

SAMPLES = Path(__file__).parents[3] / "node" / "slurm" / "samples"
SRUN = '#!/bin/sh\nprintf "%s\\n" "$@" >"$SEEN/words"\nenv >"$SEEN/environment"\n'


@dataclass
class Job:
    """What srun was given."""

    words: list[str]
    environment: dict[str, str]


def job(folder: Path, name: str, *words: str, gpu: str = "", gpus: str = "8") -> Job:
    """Run an example where it lies, on a machine with such GPUs and InfiniBand; without `gpu` on one with neither."""
    for each in ("bin", "topologies", "infiniband"):
        (folder / each).mkdir()
    programs = {"srun": SRUN, "nvidia-smi": f"#!/bin/sh\necho '{gpu}'\n"}
    for program, text in programs.items():
        (folder / "bin" / program).write_text(text)
        (folder / "bin" / program).chmod(0o755)
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "SEEN": str(folder), "SLURM_JOB_NUM_NODES": "2"}
    environment |= {"TOPOLOGY_FOLDER": str(folder / "topologies"), "INFINIBAND_FOLDER": str(folder / "infiniband")}
    if gpu:
        environment["SLURM_GPUS_ON_NODE"] = gpus
        (folder / "infiniband" / "mlx5_ib0").mkdir()
        for size in ("ndv4", "ndv5"):
            (folder / "topologies" / f"{size}-topo.xml").touch()
    subprocess.run(["bash", SAMPLES / name, *words], cwd=SAMPLES, env=environment, check=True, timeout=20)
    lines = (folder / "environment").read_text().splitlines()
    return Job((folder / "words").read_text().splitlines(), dict(line.split("=", 1) for line in lines))


@pytest.mark.parametrize(("gpu", "size"), [("NVIDIA H200", "ndv5"), ("NVIDIA A100-SXM4-80GB", "ndv4")])
def test_azures_large_sizes_have_the_environment_and_the_messages_of_benchmark(
    tmp_path: Path, gpu: str, size: str
) -> None:
    ran = job(tmp_path, "nccl-multi-node.sh", "-n", "3", gpu=gpu)
    wanted = plan_for(MachineClass("", 8, "", True, size))
    assert wanted.environment.items() <= ran.environment.items()
    assert ran.environment["NCCL_TOPO_FILE"] == f"{tmp_path}/topologies/{size}-topo.xml"
    assert ran.words[-10:] == ["-b", str(wanted.begin), "-e", str(wanted.end), "-f", "2", "-g", "1", "-n", "3"]


def test_each_task_has_a_gpu_and_the_processors_next_to_it(tmp_path: Path) -> None:
    ran = job(tmp_path, "nccl-multi-node.sh", gpu="NVIDIA H100 80GB HBM3")
    assert {"--ntasks=16", "--ntasks-per-node=8", "--gres=gpu:8", "--mpi=pmix"} <= {*ran.words}
    (bind,) = [word for word in ran.words if word.startswith("--cpu-bind=mask_cpu:")]
    masks = [int(mask, 16) for mask in bind.rpartition(":")[2].split(",")]
    assert len(masks) == 8
    assert sum(masks) == 2**96 - 1


def test_other_machines_keep_their_own_settings(tmp_path: Path) -> None:
    ran = job(tmp_path, "nccl-multi-node.sh")
    assert not [name for name in ran.environment if name.startswith(("NCCL_IB", "UCX_", "NCCL_TOPO"))]
    assert "--cpu-bind=none" in ran.words
    assert not [word for word in ran.words if word.startswith("--gres")]


def test_on_one_node_one_process_has_all_gpus(tmp_path: Path) -> None:
    ran = job(tmp_path, "nccl-one-node.sh", "-c", "1", gpu="NVIDIA H100", gpus="4")
    assert ran.words[:2] == ["--ntasks=1", "--gres=gpu:4"]
    assert ran.words[-4:] == ["-g", "4", "-c", "1"]


def test_containers_get_the_image_and_the_topology_file(tmp_path: Path) -> None:
    ran = job(tmp_path, "nccl-container.sh", "/data/pytorch.sqsh", "-c", "1", gpu="NVIDIA H100")
    topology = f"{tmp_path}/topologies/ndv5-topo.xml"
    assert {"--container-image=/data/pytorch.sqsh", f"--container-mounts={topology}:{topology}:ro"} <= {*ran.words}
    assert ran.environment["MELLANOX_VISIBLE_DEVICES"] == "all"
    assert ran.words[-4:] == ["-g", "1", "-c", "1"]
