"""Clusters of machines that exist already: the tool's own processor time on 64 of them, and what 10,000 nodes take."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 3
MACHINES = 64
SETTINGS = {
    "CLOUD": "existing",
    "ORCHESTRATOR_TYPE": "slurm",
    "NAME_PREFIX": "bench",
    "CONTROLLER": "head",
    "NODES": f"node[01-{MACHINES - 1}]",
    "SSH_HOST_KEYS": "accept-new",
    "REHEARSE": "plan",
}
HOLD = """
import os, sys
from pathlib import Path
from cluster_provision.rehearsal import rehearse
with rehearse("plan", Path(sys.argv[1]), os.environ, lambda _: None):
    print("up", flush=True)
    sys.stdin.read()
"""
"""Holds the rehearsal's cloud, which is a process of its own, so that runs of the tool only join it."""
COMPILE = """
import json, time
from cluster_provision.slurm.cluster import Machine, SlurmCluster, SlurmNode, Gpus
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles.config_files import config_files
gpus = (Gpus("h100", tuple(f"/dev/nvidia{i}" for i in range(8))),)
nodes = tuple(
    SlurmNode(f"dgx{i:05}", f"10.1.{i // 250}.{i % 250}", 224, 2, 56, 2, 2_000_000 + i * 37 % 4096, gpus=gpus)
    for i in range(10_000)
)
machines = (Machine("head", "10.0.0.1"), *(Machine(each.name, each.address) for each in nodes))
cluster = SlurmCluster("bench", Release(22, 5), "head", machines, nodes)
began = time.process_time()
files = config_files(cluster)
took = time.process_time() - began
assert "dgx0" in files[0].content
print(json.dumps(took))
"""


def figures(project: Path, folder: Path) -> Iterator[Figure]:
    """The ratio of pairs, both medians, and the configuration of 10,000 nodes."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        cwd=project,
        env={**os.environ, **SETTINGS},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cloud:
        assert cloud.stdout is not None and cloud.stdin is not None
        cloud.stdout.readline()
        processor_seconds(project, folder, "Create")
        pairs = [
            (processor_seconds(project, folder, "Create"), processor_seconds(project, folder, "Run", "true"))
            for _ in range(PAIRS)
        ]
        cloud.stdin.close()
    ratio = statistics.median(create / run for create, run in pairs)
    yield Figure(f"second Create of {MACHINES} machines against `Run true`, CPU", ratio, "x", 3)
    yield Figure("  Create that changes nothing", statistics.median(create for create, _ in pairs), "s")
    yield Figure("  Run true", statistics.median(run for _, run in pairs), "s")
    compiled = statistics.median(compile_seconds(project) for _ in range(PAIRS))
    yield Figure("configuration of 10,000 nodes", compiled, "s", 1)


def processor_seconds(project: Path, folder: Path, *arguments: str) -> float:
    """What the tool itself took, without the machines and their sshd, which are the cloud's. The run has to succeed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "REHEARSE_DIR": str(folder), **SETTINGS}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [sys.executable, str(project / "entrypoint.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode:
        sys.exit(f"{arguments} ended with {ran.returncode}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compile_seconds(project: Path) -> float:
    """Processor time, in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", COMPILE], cwd=project, capture_output=True, text=True, check=True)
    return float(json.loads(ran.stdout))
