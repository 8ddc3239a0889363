"""What needs a container engine: two booted nodes, a second demo, and the image's size."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = 3
CLIENT = 'source scripts/docker_client.sh; choose_docker; echo "$DOCKER"'


def figures(project: Path) -> Iterator[Figure]:
    """Nothing where there is no engine but a line that says so. No rehearsal may be on it."""
    if subprocess.run([str(project / "scripts" / "engine.sh"), "start"], capture_output=True, check=False).returncode:
        print("two booted nodes, second demo, image size: not measured, there is no container engine", flush=True)
        return
    yield Figure("two booted nodes, images cached: Create to connection info", demo_seconds(project), "s", 10)
    yield Figure("a second make demo, its cluster being there", second_demo_seconds(project), "s", 60)
    yield Figure("the default image, without providers", image_megabytes(project), "MB", 290)


def demo_seconds(project: Path) -> float:
    """The demo's own `docker run … Create`, its image being there; the first run is not counted."""
    taken = []
    for _ in range(RUNS + 1):
        taken.append(seconds(project, "scripts/demo.sh"))
        run(project, "scripts/demo_down.sh")
    return statistics.median(taken[1:])


def second_demo_seconds(project: Path) -> float:
    """All of the target: setup, engine, images, and a Create that has nothing to change."""
    run(project, "make", "demo")
    taken = seconds(project, "make", "demo")
    run(project, "scripts/demo_down.sh")
    return taken


def image_megabytes(project: Path) -> float:
    """The size of the image for real clouds, in units of 10^6 bytes as docker shows it."""
    name = run(project, "scripts/images.sh", "default").split()[-1]
    client = run(project, "bash", "-c", CLIENT).strip()
    return int(run(project, client, "image", "inspect", "--format", "{{.Size}}", name)) / 1e6


def seconds(project: Path, *command: str) -> float:
    """Wall-clock seconds of a command."""
    started = time.perf_counter()
    run(project, *command)
    return time.perf_counter() - started


def run(project: Path, *command: str) -> str:
    """A command's output; the benchmark ends where it fails."""
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stdout
