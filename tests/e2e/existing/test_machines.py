"""Machines that exist already: booted before the run, reached through the door, there until somebody removes them."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.engine import names

if TYPE_CHECKING:
    from tests.e2e.tool import Tool

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("existing_image")]

SECONDS = 120
CLUSTER = {
    "CLOUD": "existing",
    "NAME_PREFIX": "vega",
    "CONTROLLER": "head=10.20.0.10",
    "NODES": "node1",
    "SSH_USER": "ops",
}
LOGIN = """
import asyncio, json, os, socket, sys
import asyncssh
from cluster_provision.rehearsal import rehearse
from cluster_provision.settings import load

async def said(settings, machine, command):
    proxy = socket.create_connection((settings.ssh_proxy.host, settings.ssh_proxy.port))
    proxy.sendall(f"CONNECT {machine.address}:{machine.port} HTTP/1.1\\r\\n\\r\\n".encode())
    head = b""
    while not head.endswith(b"\\r\\n\\r\\n"):
        head += proxy.recv(1)
    options = {"username": machine.user, "client_keys": [str(machine.key_file)], "known_hosts": None, "config": None}
    async with asyncssh.connect(machine.address, machine.port, sock=proxy, **options) as connection:
        return (await connection.run(command, check=True)).stdout.strip()

async def all_said(settings):
    return {each.name: await said(settings, each, sys.argv[1]) for each in settings.machines}

with rehearse("yes", None, os.environ, lambda line: print(line, file=sys.stderr)):
    print(json.dumps(asyncio.run(all_said(load(os.environ, "Status").settings))))
"""


def said(tool: Tool, command: str) -> Any:
    """What each machine says to a command of the user of the env file, by name."""
    settings = [argument for name, value in CLUSTER.items() for argument in ("-e", f"{name}={value}")]
    run = [tool.client, "run", "--rm", "-v", "/var/run/docker.sock:/var/run/docker.sock", *settings]
    run += ["--workdir", "/opt/cluster-provision", "--entrypoint", "python3", tool.image, "-c", LOGIN, command]
    done = subprocess.run(run, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_machines_are_servers_that_know_each_other_and_outlive_the_run(tool: Tool) -> None:
    first = said(
        tool, "hostname; id -un; sudo -n id -un; apt-cache policy slurmd | grep -c Candidate; ! command -v slurmd"
    )
    assert first == {name: f"{name}\nops\nroot\n1" for name in ("head", "node1")}
    assert said(
        tool, "touch ~/there; ping -c1 -W5 10.20.0.10 >/dev/null && getent hosts node1 >/dev/null && echo met"
    ) == {
        "head": "met",
        "node1": "met",
    }
    assert said(tool, "ls") == {"head": "there", "node1": "there"}
    done = subprocess.run(
        [tool.client, *shlex.split(names.REMOVE_MACHINES)[1:]], capture_output=True, text=True, check=True
    )
    assert done.stdout == "removed: head, node1\n"
    deadline = time.monotonic() + SECONDS
    while tool.traces() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert tool.traces() == []
