"""The tool's own SSH on Google Cloud: OS Login lets the run's key in, and a relay leads to each machine.

The machines have GPUs that are made up, which check themselves, and are measured by MPI in NCCL's place.
"""

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.engine import names
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

PORT = 9022
TUNNEL = "rehearsal-tunnel"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - within the container
SETTINGS = {
    "PROJECT_ID": "e2e-project-1",
    "NAME_PREFIX": "many",
    "ZONE": "us-central1-a",
    "INSTANCE_COUNT": "2",
    "VM_TYPE": "a2-ultragpu-2g",
    "HEALTH_GATE": "strict",
    "ENABLE_NOTEBOOK": "no",
    "DISABLE_OPS_AGENT": "yes",
}


@pytest.fixture(scope="module")
def created(tool: Tool) -> Finished:
    done = tool.run("Create", SETTINGS)
    assert done.code == 0, done.told
    return done


@pytest.fixture(scope="module")
def nodes(tool: Tool, created: Finished) -> dict[str, Container]:
    return {box.labels[names.LABEL_INSTANCE]: box for box in tool.nodes()}


def hosts(done: Finished) -> dict[str, dict[str, Any]]:
    assert done.code == 0, done.told
    return {host["name"]: host for host in done.result["hosts"]}


def test_a_command_runs_on_every_machine(tool: Tool, nodes: dict[str, Container]) -> None:
    said = hosts(tool.run("Run", SETTINGS, "hostname"))
    assert {name: host["stdout"].strip() for name, host in said.items()} == {name: name for name in nodes}


def test_the_user_may_use_sudo(tool: Tool, nodes: dict[str, Container]) -> None:
    said = hosts(tool.run("Run", SETTINGS, "sudo -n id -u"))
    assert {host["stdout"].strip() for host in said.values()} == {"0"}


def test_a_file_is_read_of_every_machine(tool: Tool, nodes: dict[str, Container]) -> None:
    said = hosts(tool.run("Gather", SETTINGS, "/etc/hostname"))
    assert {name: host["stdout"].strip() for name, host in said.items()} == {name: name for name in nodes}


def test_hostfiles_come_up_to_date_and_the_head_reaches_the_others(tool: Tool, nodes: dict[str, Container]) -> None:
    assert set(hosts(tool.run("UpdateHosts", SETTINGS))) == set(nodes)
    first, second = sorted(nodes)
    there = f'if [ "$(hostname)" = {first} ]; then ssh -o BatchMode=yes {second} hostname; fi'
    said = hosts(tool.run("Run", SETTINGS, there))
    assert said[first]["stdout"].strip() == second


def test_the_machines_have_checked_themselves_and_do_it_again(tool: Tool, created: Finished) -> None:
    assert {node["health"] for node in created.result["nodes"]} == {"healthy"}
    again = tool.run("Health", SETTINGS, "again")
    assert again.code == 0, again.told
    assert again.result["health"]["healthy"] == 2


def test_what_a_machine_is_found_to_be_is_what_its_type_promises(nodes: dict[str, Container]) -> None:
    told = read(nodes[min(nodes)], "/var/log/machine-health.log")
    assert "2 NVIDIA A100-SXM4-80GB (made up by the rehearsal) with driver" in told
    assert "12 NVLinks on each" in told
    assert "2 local SSDs" in told


def test_benchmark_runs_mpi_over_both_and_never_passes_it_off_as_nccl(tool: Tool, nodes: dict[str, Container]) -> None:
    ran = tool.run("Benchmark", {**SETTINGS, "HEALTH_GATE": "warn"})
    assert ran.code == 0, ran.told
    told = ran.result["benchmark"]
    assert (told["nodes"], told["ranks"], told["verdict"]) == (2, 4, "unknown")
    assert [row["wrong"] for row in told["rows"]] == [0] * len(told["rows"]) != []
    assert all("no GPU" in device for device in told["devices"])
    assert nodes


def test_a_port_here_leads_to_a_port_of_a_machine(tool: Tool, nodes: dict[str, Container]) -> None:
    name = min(nodes)
    command = tool.command("Tunnel", {**SETTINGS, "TUNNEL_BIND": EVERYWHERE}, name, "22", str(PORT), name=TUNNEL)
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert run.stdout is not None
        told = ""
        while "leads to port 22" not in told:
            line = run.stdout.readline()
            assert line, told
            told += line
        networks = tool.engine.containers.get(TUNNEL).attrs["NetworkSettings"]["Networks"]
        address = next(each["IPAddress"] for each in networks.values())
        with socket.create_connection((address, PORT), timeout=20) as link:
            assert link.recv(8).startswith(b"SSH-2.0")
    finally:
        subprocess.run([tool.client, "stop", TUNNEL], capture_output=True, check=False)
        run.wait(60)


def test_a_runs_key_is_gone_once_the_run_has_ended(tool: Tool, nodes: dict[str, Container]) -> None:
    hosts(tool.run("Run", SETTINGS, "cat /run/os-login/$USER | grep -q ssh-ed25519"))
    gone = "timeout 20 sh -c 'while grep -q . /run/os-login/*; do sleep 0.2; done'"
    assert {name: box.exec_run(["sh", "-c", gone]).exit_code for name, box in nodes.items()} == dict.fromkeys(nodes, 0)
