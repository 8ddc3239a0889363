"""What Slurm on a booted controller says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.models.containers import Container

    from tests.e2e.tool import Tool

POWER_SECONDS = 240


def says(box: Container, command: str) -> str:
    """What a command prints that has to end well."""
    ended = box.exec_run(["sh", "-c", command])
    assert ended.exit_code == 0, ended.output
    return str(ended.output.decode().strip())


def box_named(tool: Tool, name: str) -> Container:
    """The container of the machine that has this name."""
    return next(box for box in tool.nodes() if says(box, "hostname") == name)


def users_are_refused(box: Container, asked: str) -> bool:
    """Whether root gets an answer to this command of curl's, and a user none."""
    status = f"curl -s -o /dev/null -w '%{{http_code}}' --max-time 20 {asked}"
    assert says(box, status) == "200"
    user = "id canary >/dev/null 2>&1 || useradd --no-create-home canary"
    return bool(box.exec_run(["sh", "-c", f"{user}; runuser -u canary -- {status}"]).exit_code != 0)


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
