"""A Slurm cluster whose machines boot, and what Slurm on its controller says."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from embedded_cloud.engine import names
from tests.e2e.tool import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docker.models.containers import Container

    from tests.e2e.tool import Tool

CONTROLLER = "slurm-demo-controller"
"""Of the examples' clusters."""
CREATE_SECONDS = 420
POWER_SECONDS = 240


def create(tool: Tool, settings: Mapping[str, str]) -> Finished:
    """Create a cluster, whose machines may install their packages first."""
    command = tool.command("Create", settings)
    done = subprocess.run(command, capture_output=True, text=True, timeout=CREATE_SECONDS, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


def controller_of(tool: Tool, created: Finished) -> Container:
    """The controller's container, once Create went well."""
    assert created.code == 0, created.told
    return next(box for box in tool.nodes() if box.labels[names.LABEL_INSTANCE] == CONTROLLER)


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
