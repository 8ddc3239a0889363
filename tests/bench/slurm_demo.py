"""A Slurm cluster on either cloud, booted: from Create to a job's output, against the plain demo's Create.

The plain demo's machines have what they need in their image. So the limits are for an image of the user's own with
Slurm's packages in it; what a distribution's image takes, into which they are installed first, is shown beside it.
"""

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
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PAIRS = 3
JOB = "srun --nodes=2 hostname"
LIMITS = {"gcp": 2.5, "azure": 3.0}
GALLERY = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/images/providers/Microsoft.Compute"
OWN_IMAGE = {
    "gcp": {"IMAGE_PROJECT": "my-project-123", "IMAGE_FAMILY_NAME": "slurm-nodes", "DISK_SIZE_GB": "50"},
    "azure": {"IMAGE": f"{GALLERY}/galleries/nodes/images/slurm/versions/1.0.0"},
}
ON = {"slurm-demo-hpc-1", "slurm-demo-hpc-2"}


def figures(project: Path, folder: Path) -> Iterator[Figure]:
    """For each cloud and image the ratio of pairs, both medians, and the steps of the last Create; nothing without an
    engine."""
    if subprocess.run([str(project / "scripts" / "engine.sh"), "start"], capture_output=True, check=False).returncode:
        return
    for cloud, limit in LIMITS.items():
        yield from _of_image(project, folder / f"{cloud}-own.list", cloud, "packages in the image", limit)
        yield from _of_image(project, folder / f"{cloud}.list", cloud, "packages installed", None)


def _of_image(project: Path, env_file: Path, cloud: str, what: str, limit: float | None) -> Iterator[Figure]:
    example = (project / "examples" / f"{cloud}-slurm.list").read_text()
    more = {"STARTUP_COMMAND": JOB, "WAIT_FOR_STARTUP_COMMAND": "yes", "OUTPUT": "json"}
    env_file.write_text(with_settings(example, more | (OWN_IMAGE[cloud] if limit else {})))
    pairs = []
    for _ in range(PAIRS + 1):
        plain, _ = create(project, {})
        pairs.append((*create(project, {"DEMO_ENV_FILE": str(env_file)}), plain))
    counted = pairs[1:]
    ratio = statistics.median(slurm / plain for slurm, _, plain in counted)
    yield Figure(f"Slurm on {cloud}, two of eight, {what}", ratio, "x", limit)
    yield Figure("  Create to the job's output", statistics.median(slurm for slurm, _, _ in counted), "s")
    yield Figure("  the plain demo's Create, in turn", statistics.median(plain for _, _, plain in counted), "s")
    result = json.loads(counted[-1][1])
    printed = {line.strip() for each in result["outputs"] for line in each["text"].splitlines()}
    if not printed >= ON:
        sys.exit(f"the job has not run on both nodes: {result['outputs']}")
    for step in result["steps"]:
        yield Figure(f"    of Create: {step['name']}", step["seconds"], "s")


def with_settings(example: str, settings: Mapping[str, str]) -> str:
    """An env file with these settings in the place of its own."""
    kept = [line for line in example.splitlines() if line.partition("=")[0] not in settings]
    return "\n".join([*kept, *(f"{name}={value}" for name, value in settings.items())]) + "\n"


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
