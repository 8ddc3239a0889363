"""Runs come and go, in whatever way: their cloud stays as long as one of them holds it, and then leaves no trace."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.engine import names
from tests.e2e.conftest import clear_away_what_died

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.tool import Tool

pytestmark = pytest.mark.engine

SECONDS = 60
RUN = "import os, sys\nfrom cluster_provision.rehearsal import rehearse\n"
RUN += "with rehearse('yes', None, os.environ, print):\n    print('held', flush=True)\n    sys.stdin.read()\n"


@contextmanager
def run(tool: Tool, name: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A run of the tool's image that holds the cloud, empty as it is, until its input ends."""
    command = [tool.client, "run", "--rm", "-i", "--name", name, "-v", "/var/run/docker.sock:/var/run/docker.sock"]
    command += [*options, "--workdir", "/opt/cluster-provision", "--entrypoint", "python3", tool.image, "-c", RUN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
            subprocess.run([tool.client, "rm", "-f", name], capture_output=True, check=False)


def held(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "held\n"


def end(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    process.stdin.close()
    return process.wait(SECONDS)


def no_trace_is_left(tool: Tool) -> bool:
    deadline = time.monotonic() + SECONDS
    while tool.traces() and time.monotonic() < deadline:
        time.sleep(0.1)
    return tool.traces() == []


def test_two_runs_start_at_once_and_end_at_once(tool: Tool) -> None:
    with run(tool, "run-a") as a, run(tool, "run-b") as b:
        assert held(a)
        assert held(b)
        assert a.stdin is not None
        a.stdin.close()  # both are told before either is waited for
        assert (end(b), a.wait(SECONDS)) == (0, 0)
        assert no_trace_is_left(tool)


def test_a_run_on_the_hosts_network_keeps_the_cloud_when_another_ends(tool: Tool) -> None:
    with run(tool, "run-a", "--network", "host") as a, run(tool, "run-b") as b:
        assert held(a)
        assert held(b)
        assert end(b) == 0
        assert names.CLOUD in tool.traces()
        assert end(a) == 0
        assert tool.traces() == []


def test_a_killed_run_leaves_no_empty_cloud(tool: Tool) -> None:
    with run(tool, "run-a") as a:
        assert held(a)
        subprocess.run([tool.client, "kill", "run-a"], capture_output=True, check=True)
        assert no_trace_is_left(tool)


def test_a_run_that_starts_while_the_cloud_goes_gets_one_of_its_own(tool: Tool) -> None:
    with run(tool, "run-a") as a:
        assert held(a)
        subprocess.run([tool.client, "kill", "run-a"], capture_output=True, check=True)
        with run(tool, "run-b") as b:
            assert held(b)
            assert end(b) == 0
    assert tool.traces() == []


def test_what_died_with_its_engine_is_cleared_away_and_what_runs_is_not(tool: Tool) -> None:
    with run(tool, "run-a") as living:
        assert held(living)
        clear_away_what_died(tool)
        assert tool.traces()
        end(living)
    assert no_trace_is_left(tool)
    tool.engine.containers.create(tool.image, labels={names.LABEL: "node"})
    assert tool.traces()
    clear_away_what_died(tool)
    assert tool.traces() == []
