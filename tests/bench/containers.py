"""What needs a container engine: two booted nodes, and the image's size."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 3


def figures(project: Path) -> list[tuple[str, str, str]]:
    """Rows (what, measured, limit); without an engine one row says that they were not measured."""
    if subprocess.run([str(project / "scripts" / "engine.sh"), "start"], capture_output=True, check=False).returncode:
        return [("two booted nodes, image size: no container engine", "unknown", "")]
    return [
        ("two booted nodes, images cached: Create to connection info", f"{demo_seconds(project):.1f} s", "10 s"),
        ("the default image, without providers", f"{image_megabytes(project):.0f} MB", "400 MB"),
    ]


def demo_seconds(project: Path) -> float:
    """The demo's own `docker run … Create`, its image being there; the first run is not counted."""
    taken = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        run(project, "scripts/demo.sh")
        taken.append(time.perf_counter() - started)
        run(project, "scripts/demo_down.sh")
    return statistics.median(taken[1:])


def image_megabytes(project: Path) -> float:
    """The size of the image for real clouds, in units of 10^6 bytes as docker shows it."""
    name = run(project, "scripts/images.sh", "default").split()[-1]
    return int(run(project, "docker", "image", "inspect", "--format", "{{.Size}}", name)) / 1e6


def run(project: Path, *command: str) -> str:
    """A command's output; the benchmark ends where it fails."""
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stdout
