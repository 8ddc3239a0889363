"""The newcomer's path on Azure, examples/azure-vms.list: two machines boot, know each other, and go without a trace."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from embedded_cloud.engine import names
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).parents[3] / "examples/azure-vms.list"
RECORD = "/var/lib/cluster/record.json"
MACHINE = "/etc/rehearsal/machine.json"
REBOOT_SECONDS = 60
IMDS = "curl --silent --noproxy '*' http://169.254.169.254/metadata"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The example as it stands, with a key of the user's own."""
    return {**read_env_file(EXAMPLE, {}), "SSH_PATH": "/keys/id_ed25519.pub", "SSH_KEY_FILE": ""}


@pytest.fixture(scope="module")
def azure(tool: Tool, azure_image: str, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The tool, with the user's keys mounted."""
    keys = tmp_path_factory.mktemp("keys")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519")], check=True)
    return replace(tool, mounts={**tool.mounts, str(keys): "/keys"})


@pytest.fixture(scope="module")
def created(azure: Tool, settings: dict[str, str]) -> Finished:
    return azure.run("Create", settings)


@pytest.fixture
def nodes(azure: Tool, created: Finished) -> dict[str, Container]:
    """The containers by computer name, in the order of the result's nodes."""
    assert created.code == 0, created.told
    boxes = {box.labels[names.LABEL_INSTANCE]: box for box in azure.nodes()}
    return {node["name"]: boxes[node["name"]] for node in created.result["nodes"]}


def test_create_ends_with_two_nodes_that_are_ready_and_healthy(created: Finished) -> None:
    assert created.code == 0, created.told
    assert [node["status"] for node in created.result["nodes"]] == ["ready", "ready"]
    assert {"name": "hosts", "status": "ok", "detail": "2 hosts"} in created.result["checks"]
    assert created.result["health"]["verdict"] == "healthy"


def test_cloud_init_did_what_the_custom_data_says(nodes: dict[str, Container]) -> None:
    for name, node in nodes.items():
        assert says(node, "cloud-init status") == "status: done"
        assert read(node, "/var/log/demo.log") == f"set up: {name}\n"
        assert says(node, "id -nG azureuser").split()[-1] == "docker"


def test_what_can_not_be_had_here_is_recorded_and_leaves_its_line_in_fstab(
    created: Finished, nodes: dict[str, Container]
) -> None:
    for name, node in nodes.items():
        assert "LABEL=cluster-nvme /mnt/resource_nvme xfs nofail,noauto" in read(node, "/etc/fstab")
        calls = [json.loads(line) for line in read(node, "/var/log/cluster/recorded.jsonl").splitlines()]
        made = next(call["arguments"] for call in calls if call["command"] == "mdadm")
        assert made[:2] == ["--create", "/dev/md/cluster-nvme"]
        assert f"{name}: recorded, not run: wipefs, mdadm, mkfs.xfs, mount;" in created.told


def test_machines_know_each_other_by_name_and_nobody_else(nodes: dict[str, Container], created: Finished) -> None:
    head = next(iter(nodes.values()))
    addresses = {node["name"]: node["address"] for node in created.result["nodes"]}
    for name, address in addresses.items():
        assert says(head, f"getent ahostsv4 {name}").split()[0] == address
    assert head.exec_run("getent hosts example.com").exit_code == 2
    assert read(head, "/home/azureuser/hostfile").split() == list(addresses)
    assert read(head, "/home/azureuser/hostfile-ip").split() == list(addresses.values())


def test_the_instance_metadata_service_answers_each_machine_for_itself(nodes: dict[str, Container]) -> None:
    for name, node in nodes.items():
        compute = json.loads(says(node, f"{IMDS}/instance?api-version=2021-02-01 -H Metadata:true"))["compute"]
        assert (compute["osProfile"]["computerName"], compute["vmSize"]) == (name, "Standard_ND96isr_H200_v5")
        assert json.loads(read(node, RECORD))["instance_id"] == compute["vmId"]
        assert "Required metadata header" in says(node, f"{IMDS}/instance?api-version=2021-02-01")


def test_status_finds_the_same_nodes_again(azure: Tool, created: Finished, settings: dict[str, str]) -> None:
    told = azure.run("Status", settings)
    assert told.code == 0, told.told
    assert told.lasting_nodes == created.lasting_nodes


def test_run_reaches_each_machine_through_the_load_balancer(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    ran = azure.run("Run", settings, "hostname; nvidia-smi -L | grep -c '^GPU'")
    assert ran.code == 0, ran.told
    assert [host["stdout"] for host in ran.result["hosts"]] == [f"{name}\n8\n" for name in nodes]
    assert all("made up" in host["stderr"] for host in ran.result["hosts"])


def test_the_load_balancer_lets_nobody_in_to_another_machine_than_the_head(created: Finished) -> None:
    head = created.result["connection"]["head"]
    with socket.create_connection((head["address"], head["port"]), timeout=5) as way:
        assert way.recv(8) == b"SSH-2.0-"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((head["address"], 50001 if head["port"] == 50000 else 50000), timeout=5)


def test_benchmark_runs_mpi_over_both_and_never_passes_it_off_as_nccl(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    ran = azure.run("Benchmark", settings)
    assert ran.code == 0, ran.told
    told = ran.result["benchmark"]
    assert (told["nodes"], told["ranks"], told["verdict"]) == (2, 16, "unknown")
    assert [row["wrong"] for row in told["rows"]] == [0] * len(told["rows"]) != []
    assert all("no GPU" in device for device in told["devices"])
    assert nodes


def test_gather_reads_the_file_that_is_named(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    ran = azure.run("Gather", settings, "/var/log/demo.log")
    assert ran.code == 0, ran.told
    assert [host["stdout"] for host in ran.result["hosts"]] == [f"set up: {name}\n" for name in nodes]


def test_update_hosts_finds_everything_as_create_left_it(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    ran = azure.run("UpdateHosts", settings)
    assert ran.code == 0, ran.told
    assert [host["status"] for host in ran.result["hosts"]] == ["ok"] * len(nodes)
    assert "2 of 2 hosts have the key, 0 of them new" in ran.told
    assert "written on" not in ran.told


def test_a_machine_that_does_not_answer_is_named_and_the_other_is_served(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    name, node = list(nodes.items())[-1]
    node.exec_run("systemctl stop ssh.service ssh.socket")
    try:
        ran = azure.run("Run", settings, "echo here")
    finally:
        node.exec_run("systemctl start ssh.service")
    assert ran.code == 15, ran.told
    assert [(host["status"], host["stdout"]) for host in ran.result["hosts"]] == [("ok", "here\n"), ("unreachable", "")]
    assert ran.result["hosts"][-1]["name"] == name
    assert f"{name} does not answer" in ran.result["error"]["message"]


def test_the_scripts_on_the_head_reach_every_machine(nodes: dict[str, Container]) -> None:
    head, *others = nodes.items()
    assert [on_head(head[1], f"ssh {name} hostname") for name, _ in others] == [name for name, _ in others]
    gathered = on_head(head[1], "/opt/gather-files.sh hostfile /var/log/demo.log -")
    assert gathered.splitlines() == [f"{name} set up: {name}" for name in nodes]
    before = read(head[1], "/home/azureuser/hostfile-ip")
    assert "2 addresses" in on_head(head[1], "/opt/update-hosts.sh")
    assert read(head[1], "/home/azureuser/hostfile-ip") == before
    printed = on_head(head[1], "/opt/run-nccl-test.sh hostfile -b 1K -e 1K")
    assert "# Out of bounds values : 0 OK" in printed
    assert printed.count("device") >= 16


def test_health_tells_of_both(azure: Tool, nodes: dict[str, Container], settings: dict[str, str]) -> None:
    told = azure.run("Health", settings)
    assert told.code == 0, told.told
    assert [each["verdict"] for each in told.result["health"]["nodes"]] == ["healthy"] * len(nodes)


def test_checks_run_again_find_a_gpu_that_has_become_sick_and_one_that_is_well_again(
    azure: Tool, nodes: dict[str, Container], settings: dict[str, str]
) -> None:
    name, node = list(nodes.items())[-1]
    machine = json.loads(read(node, MACHINE))
    write(node, MACHINE, json.dumps({**machine, "sick_gpus": [3]}))

    sick = azure.run("Health", settings, "again")

    assert sick.code == 22, sick.told
    found = {each["name"]: each for each in sick.result["health"]["nodes"]}
    assert found[name]["verdict"] == "unhealthy", sick.told
    assert {check["name"]: check["status"] for check in found[name]["checks"]} == {"aznhc": "failed", "dcgm": "failed"}
    assert "NHC2019" in found[name]["checks"][0]["faults"]
    assert "GPU 3" in found[name]["checks"][1]["detail"]
    assert [each["verdict"] for each in found.values()].count("healthy") == len(nodes) - 1
    assert read(node, "/var/log/node-health.log.status").split()[-1] == "unhealthy"

    write(node, MACHINE, json.dumps(machine))
    well = azure.run("Health", settings, "again")

    assert well.code == 0, well.told
    words = [line.split()[-1] for line in read(node, "/var/log/aznhc-health.log.status").splitlines()]
    assert words == ["passed", "failed", "passed"]


def test_a_node_that_reboots_comes_back_ready_with_its_disks(nodes: dict[str, Container]) -> None:
    node = list(nodes.values())[-1]
    before = json.loads(read(node, RECORD))
    node.exec_run("systemctl reboot")
    deadline = time.monotonic() + REBOOT_SECONDS
    while True:
        after = json.loads(read(node, RECORD) or "{}")
        if after.get("boot_id") != before["boot_id"] and after.get("status") == "ready":
            break
        assert time.monotonic() < deadline, after
        time.sleep(0.5)
    assert after["address"] == before["address"]
    assert after["host_keys"] == before["host_keys"]
    assert says(node, "findmnt --noheadings --output SOURCE /mnt/resource_nvme") == "/dev/md/cluster-nvme"
    assert '"--assemble"' in read(node, "/var/log/cluster/recorded.jsonl")


def test_a_plan_afterwards_changes_nothing(azure: Tool, created: Finished, settings: dict[str, str]) -> None:
    assert created.code == 0, created.told
    planned = azure.run("Plan", settings)
    assert planned.code == 0, planned.told
    assert {"add": 0, "change": 0, "destroy": 0}.items() <= planned.result["changes"].items()


def test_destroy_leaves_no_trace(azure: Tool, created: Finished, settings: dict[str, str]) -> None:
    assert created.code == 0, created.told
    destroyed = azure.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert azure.traces() == []


def on_head(head: Container, command: str) -> str:
    """What a command prints to stdout that the user runs there, which has to end well."""
    environment = {"HOME": "/home/azureuser", "USER": "azureuser"}
    ran = head.exec_run(
        ["bash", "-c", command], user="azureuser", workdir="/home/azureuser", environment=environment, demux=True
    )
    out, err = (each.decode() if each else "" for each in ran.output)
    assert ran.exit_code == 0, err
    return out.strip()


def says(node: Container, command: str) -> str:
    output = node.exec_run(["bash", "-c", command]).output
    assert isinstance(output, bytes)
    return output.decode().strip()


def write(node: Container, path: str, text: str) -> None:
    done = node.exec_run(["python3", "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", path, text])
    assert done.exit_code == 0, done.output
