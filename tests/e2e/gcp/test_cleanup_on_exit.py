"""CLEANUP_ON_EXIT=yes in a container: `docker stop` ends the cluster with the run, and leaves no trace of either."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.tool import Tool

pytestmark = pytest.mark.engine

NAME = "run-that-cleans-up"
SECONDS = 120
SETTINGS = {
    "PROJECT_ID": "e2e-project-1",
    "NAME_PREFIX": "brief",
    "ZONE": "us-central1-a",
    "VM_TYPE": "n1-standard-8",
    "SHOW_PROXY_URL": "no",
    "DISABLE_OPS_AGENT": "true",
    "CLEANUP_ON_EXIT": "yes",
}


def test_stopping_the_container_destroys_its_cluster(tool: Tool) -> None:
    command = [tool.client, "run", "--rm", "--name", NAME, "-v", "/var/run/docker.sock:/var/run/docker.sock"]
    command += [argument for name, value in SETTINGS.items() for argument in ("-e", f"{name}={value}")]
    command += ["-e", "REHEARSE=yes", tool.image, "Create"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("The cluster stays" in line for line in iter(process.stderr.readline, ""))
            assert len(tool.nodes()) == 1
            subprocess.run([tool.client, "stop", "--time", str(SECONDS), NAME], check=True, capture_output=True)
            told = process.stderr.read()
            assert process.wait(SECONDS) == 0, told
            assert "Cluster brief is gone" in told
        finally:
            process.kill()
            subprocess.run([tool.client, "rm", "-f", NAME], capture_output=True, check=False)
    deadline = time.monotonic() + SECONDS
    while tool.traces() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert tool.traces() == []
