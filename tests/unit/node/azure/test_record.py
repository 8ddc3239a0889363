"""What an Azure node's record says, on the machine and in Blob storage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.node import NodeRecord
from cluster_provision.node_files import NODE
from cluster_provision.state.contents import summary_of
from embedded_cloud.azure.machines.kvp import pool
from embedded_cloud.azure.machines.record import record_of
from embedded_cloud.machines.base import Instance

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


@pytest.fixture(autouse=True)
def _alone(node: AzureMachine) -> None:
    node.only("cloud-init")


def test_a_node_with_nothing_to_do_becomes_ready(node: AzureMachine, azure: FakeAzure) -> None:
    node.steps = None
    done = node.start()

    assert done.returncode == 0, done.stderr
    record = NodeRecord.from_json(azure.record_when(lambda r: r["status"] == "ready"))
    assert (record.node, record.instance_id, record.boot_id) == ("vm-000000", "8a1f-4711", "boot-1")
    assert (record.address, record.step) == ("10.0.0.4", "done")
    assert [(s.name, s.status, s.optional) for s in record.steps] == [
        ("files", "skipped", False),
        ("disks", "skipped", False),
        ("docker", "skipped", False),
        ("ray", "skipped", False),
        ("slurm", "skipped", False),
        ("cloud-init", "skipped", False),
        ("packages", "ok", True),
        ("health", "skipped", True),
        ("command", "skipped", False),
    ]
    assert node.record() == azure.uploads[-1]["record"]


def test_a_played_machine_writes_a_record_of_the_same_form(node: AzureMachine) -> None:
    node.steps = None
    node.start()
    played = record_of(Instance("s", "eastus2", "vm-000000", "8a1f-4711", "boot-1", {}, ""), {}, {}, "ssh-ed25519 AAAA")

    assert played.keys() == node.record().keys()
    assert forms(played["steps"]) == forms(node.record()["steps"])


def hyper_v(node: AzureMachine, name: str) -> None:
    """Have Hyper-V name the physical machine, and its reader be there as cloud-init writes it."""
    (node.root / "opt/health").mkdir(parents=True)
    (node.root / "opt/health/physical_host.py").symlink_to(NODE / "azure/opt/health/physical_host.py")
    (node.root / "var/lib/hyperv").mkdir(parents=True)
    (node.root / "var/lib/hyperv/.kvp_pool_3").write_bytes(pool({"HostName": "other", "PhysicalHostName": name}))


def forms(steps: list[dict[str, Any]]) -> list[tuple[str, bool, set[str]]]:
    return [(step["name"], step["optional"], set(step)) for step in steps]


def test_a_record_tells_by_which_keys_the_machine_is_known(node: AzureMachine) -> None:
    (node.root / "etc/ssh/ssh_host_rsa_key.pub").write_text("ssh-rsa BBBBhost\n")

    node.start()

    assert NodeRecord.from_json(node.record()).host_keys == ("ssh-ed25519 AAAAhost", "ssh-rsa BBBBhost")


def test_a_record_and_its_listing_name_the_physical_machine(node: AzureMachine, azure: FakeAzure) -> None:
    hyper_v(node, "BN4PRD")

    node.start()

    assert NodeRecord.from_json(node.record()).host == "BN4PRD"
    assert summary_of("vm-000000.json", azure.uploads[-1]["metadata"]).host == "BN4PRD"


@pytest.mark.parametrize("name", ['B"N', "a b", ""])
def test_what_is_no_name_of_a_machine_is_not_recorded(node: AzureMachine, name: str) -> None:
    hyper_v(node, name)

    node.start()

    assert node.record()["host"] == ""


def test_an_upload_names_the_blob_and_carries_what_one_listing_needs(node: AzureMachine, azure: FakeAzure) -> None:
    node.start()

    upload = azure.uploads[-1]
    assert upload["path"] == "/c/d/abc-deployment/nodes/vm-000000.json"
    assert upload["headers"]["content-type"] == "application/json"
    assert upload["metadata"] == {"status": "ready", "step": "done", "instance_id": "8a1f-4711"}


def test_the_token_is_asked_for_storage_as_the_only_identity(node: AzureMachine, azure: FakeAzure) -> None:
    node.start()

    assert azure.tokens[-1] == {"api-version": "2018-02-01", "resource": "https://storage.azure.com/"}


def test_the_token_is_asked_for_the_identity_that_is_named(node: AzureMachine, azure: FakeAzure) -> None:
    node.configure(identity="/subscriptions/s/resourceGroups/g/providers/x/y-id")

    node.start()

    assert {each.get("msi_res_id") for each in azure.tokens} == {"/subscriptions/s/resourceGroups/g/providers/x/y-id"}


def test_an_identity_whose_role_is_not_known_everywhere_yet_tries_again(node: AzureMachine, azure: FakeAzure) -> None:
    azure.refusals = 8

    node.start()

    assert azure.record_when(lambda r: r["status"] == "ready")


def test_a_verdict_is_told_beside_the_record(node: AzureMachine, azure: FakeAzure) -> None:
    node.start()
    found = {"verdict": "unhealthy", "host": "", "checks": [{"name": "dcgm", "status": "failed"}]}
    (node.root / "var/lib/cluster/health.json").write_text(json.dumps(found))

    node.run(str(node.root / "var/lib/cluster/bootstrap.sh"), "report")

    assert azure.uploads[-1]["metadata"]["health"] == "unhealthy"
    assert azure.uploads[-1]["record"]["health"] == found


def test_the_next_boot_starts_the_record_anew(node: AzureMachine, azure: FakeAzure) -> None:
    node.start()
    (node.root / "proc/sys/kernel/random/boot_id").write_text("boot-2\n")

    node.start()

    assert azure.record_when(lambda r: r["boot_id"] == "boot-2" and r["status"] == "ready")


def test_a_required_step_that_fails_stops_the_later_ones(node: AzureMachine, azure: FakeAzure) -> None:
    node.configure(cloud_init=True, startup_command=f"touch {node.root}/ran")

    done = node.start()

    assert done.returncode == 1
    record = azure.record_when(lambda r: r["status"] == "failed")
    assert record["step"] == "cloud-init"
    assert azure.upload_when(lambda u: u["metadata"]["step"] == "cloud-init" and u["metadata"]["status"] == "failed")
    assert not (node.root / "ran").exists()


def test_a_machine_that_cloud_init_has_told_nothing_says_so(node: AzureMachine, azure: FakeAzure) -> None:
    (node.root / "etc/cluster/config.json").unlink()

    done = node.start()

    assert done.returncode == 1
    assert "cloud-init has not written it" in done.stderr
    assert azure.uploads == []
