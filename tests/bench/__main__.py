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

from tests.bench import containers, terraform

PROJECT = Path(__file__).resolve().parents[2]
PAIRS = 7


def main() -> None:
    """Print a line for each figure: what, measured, limit."""
    print(f"{'figure':58} {'measured':>12} {'limit':>8}")
    line("--help against importing click, jinja2 and requests", f"{help_ratio():.2f} x", "1.5 x")
    line("a bad env file to all its errors", f"{bad_settings_seconds():.2f} s", "0.5 s")
    with tempfile.TemporaryDirectory() as folder:
        measured = terraform.measure(PROJECT, Path(folder))
    line("Create with REHEARSE=plan against bare init, plan, apply", f"{measured.ratio:.2f} x", "1.3 x")
    line("  Create", f"{measured.create:.2f} s", "")
    line("  init, plan, apply of the same module", f"{measured.bare:.2f} s", "")
    for name, seconds in measured.steps.items():
        line(f"    of Create: {name}", f"{seconds:.2f} s", "")
    for what, figure, limit in containers.figures(PROJECT):
        line(what, figure, limit)


def line(what: str, measured: str, limit: str) -> None:
    """One row of the table."""
    print(f"{what:58} {measured:>12} {limit:>8}", flush=True)


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
    return statistics.median(seconds(tool, bad) for _ in range(PAIRS))


def seconds(command: list[str], settings: dict[str, str] | None = None) -> float:
    """Wall-clock seconds of a whole process."""
    started = time.perf_counter()
    environment = {"PATH": os.environ["PATH"], **(settings or {})}
    subprocess.run(command, env=environment, capture_output=True, check=False)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
