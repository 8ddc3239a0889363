"""What Slurm on a booted controller says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.models.containers import Container

POWER_SECONDS = 240


def says(box: Container, command: str) -> str:
    """What a command prints that has to end well."""
    ended = box.exec_run(["sh", "-c", command])
    assert ended.exit_code == 0, ended.output
    return str(ended.output.decode().strip())


def states(controller: Container) -> dict[str, str]:
    """Slurm's word for each node."""
    lines = says(controller, "sinfo --noheader --Node --format='%N %t'").splitlines()
    return dict(line.split() for line in lines)


def until(seen: Callable[[], bool]) -> bool:
    limit = time.monotonic() + POWER_SECONDS
    while time.monotonic() < limit:
        if seen():
            return True
        time.sleep(2)
    return False
