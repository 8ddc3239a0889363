"""The figures that the README quotes, measured: `make bench`.

Ratios are taken pair by pair within one run, since a machine's speed drifts; medians are printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import containers, existing, fleet, power, slurm_demo, terraform
from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
PAIRS = 7


def main() -> None:
    """Print a line for each figure: what, measured, limit. Exits with 1 where one is over its limit."""
    print(f"{'figure':58} {'measured':>12} {'limit':>8}")
    over = 0
    for figure in figures():
        print(figure.row(), flush=True)
        over += figure.is_over
    sys.exit(1 if over else 0)


def figures() -> Iterator[Figure]:
    """Each as soon as it is measured."""
    yield Figure("--help against importing click, jinja2 and requests", help_ratio(), "x", 1.5)
    yield Figure("a bad env file to all its errors", bad_settings_seconds(), "s", 0.5)
    with tempfile.TemporaryDirectory() as folder:
        yield from fleet.figures(PROJECT, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from existing.figures(PROJECT, Path(folder))
    yield from power.figures()
    with tempfile.TemporaryDirectory() as folder:
        yield from terraform.figures(PROJECT, Path(folder))
    yield Figure("make test-fast", test_fast_seconds(), "s", 120)
    yield from containers.figures(PROJECT)
    with tempfile.TemporaryDirectory() as folder:
        yield from slurm_demo.figures(PROJECT, Path(folder))


def help_ratio() -> float:
    """`entrypoint.py --help` over the interpreter importing three libraries."""
    tool = [sys.executable, str(PROJECT / "entrypoint.py"), "--help"]
    base = [sys.executable, "-c", "import click, jinja2, requests"]
    seconds(tool), seconds(base)
    return statistics.median(seconds(tool) / seconds(base) for _ in range(PAIRS))


def bad_settings_seconds() -> float:
    """From the process's start to its end, with settings that are wrong in many ways."""
    bad = {"PROJECT_ID": "BAD!", "ZONE": "x", "INSTANCE_COUNT": "many", "LABELS": "{ a = ", "GCS_MOUNT_LIST": "x"}
    tool = [sys.executable, str(PROJECT / "entrypoint.py"), "Create"]
    return statistics.median(seconds(tool, bad, status=2) for _ in range(PAIRS))


def test_fast_seconds() -> float:
    """The whole target, with everything set up; the tests have to pass."""
    return seconds(["make", "--directory", str(PROJECT), "test-fast"], {"HOME": str(Path.home())})


def seconds(command: list[str], settings: dict[str, str] | None = None, status: int = 0) -> float:
    """Wall-clock seconds of a whole process, which has to end with `status`: one that breaks is quick."""
    started = time.perf_counter()
    environment = {"PATH": os.environ["PATH"], **(settings or {})}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if ran.returncode != status:
        sys.exit(f"{' '.join(command)} ended with {ran.returncode}, not {status}:\n{ran.stdout}{ran.stderr}")
    return took


if __name__ == "__main__":
    main()
