"""A Slurm cluster on either cloud, booted: from Create to a job's output, against the plain demo's Create."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 3
JOB = "srun --nodes=2 hostname"
LIMITS = {"gcp": 2.5, "azure": 3.0}
ON = {"slurm-demo-hpc-1", "slurm-demo-hpc-2"}


def figures(project: Path, folder: Path) -> Iterator[Figure]:
    """For each cloud the ratio of pairs, both medians, and the steps of the last Create; nothing without an engine."""
    if subprocess.run([str(project / "scripts" / "engine.sh"), "start"], capture_output=True, check=False).returncode:
        return
    for cloud, limit in LIMITS.items():
        env_file = folder / f"{cloud}.list"
        example = (project / "examples" / f"{cloud}-slurm.list").read_text()
        env_file.write_text(f"{example}\nSTARTUP_COMMAND={JOB}\nWAIT_FOR_STARTUP_COMMAND=yes\nOUTPUT=json\n")
        pairs = []
        for _ in range(PAIRS + 1):
            plain, _ = create(project, {})
            pairs.append((*create(project, {"DEMO_ENV_FILE": str(env_file)}), plain))
        counted = pairs[1:]
        ratio = statistics.median(slurm / plain for slurm, _, plain in counted)
        yield Figure(f"Slurm, two booted nodes of eight, to a job's output: {cloud}", ratio, "x", limit)
        yield Figure("  Create to the job's output", statistics.median(slurm for slurm, _, _ in counted), "s")
        yield Figure("  the plain demo's Create, in turn", statistics.median(plain for _, _, plain in counted), "s")
        result = json.loads(counted[-1][1])
        printed = {line.strip() for each in result["outputs"] for line in each["text"].splitlines()}
        if not printed >= ON:
            sys.exit(f"the job has not run on both nodes: {result['outputs']}")
        for step in result["steps"]:
            yield Figure(f"    of Create: {step['name']}", step["seconds"], "s")


def create(project: Path, environment: dict[str, str]) -> tuple[float, str]:
    """Wall-clock seconds of a Create by scripts/demo.sh, the images being there, and its standard output."""
    own = {**os.environ, **environment}
    started = time.perf_counter()
    made = run(project, own, "scripts/demo.sh")
    took = time.perf_counter() - started
    run(project, own, "scripts/demo_down.sh")
    return took, made


def run(project: Path, environment: dict[str, str], command: str) -> str:
    """A command's output; the benchmark ends where it fails."""
    ran = subprocess.run(
        [str(project / command)], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(f"{command} failed:\n{ran.stdout[-4000:]}{ran.stderr[-4000:]}")
    return ran.stdout
