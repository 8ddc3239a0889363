"""Played machines of Azure's write to Blob storage what a bootstrap would: by their own identity, or not at all."""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.node import NodeRecord
from cluster_provision.state.azure.store import _told as told_by
from cluster_provision.state.contents import summary_of
from tests.unit.embedded_cloud.asked_cloud import until
from tests.unit.embedded_cloud.azure_kit import GROUP, PLACE, ROOT, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

pytestmark = pytest.mark.usefixtures("azurite")

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/records1"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/state"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
WRITER = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
CONFIG = {
    "schema": 1,
    "cloud": "azure",
    "account": "records1",
    "container": "state",
    "deployment": "demo-deployment",
    "gpus": 8,
    "nvme_disks": 8,
    "docker": True,
    "health": {"gate": "warn"},
}


@pytest.fixture
def azure(asked: Asked) -> Azure:
    """A network, an account with a container, and an identity that may not write there yet."""
    made = Azure(asked)
    made.network()
    made.json("PUT", ACCOUNT, {**PLACE, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
    made.json("PUT", CONTAINER, {})
    made.json("PUT", IDENTITY, PLACE, 201)
    return made


def may_write(azure: Azure) -> None:
    principal = azure.json("GET", IDENTITY)["properties"]["principalId"]
    role = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{WRITER}"
    assignment = f"{CONTAINER}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    azure.json("PUT", assignment, {"properties": {"roleDefinitionId": role, "principalId": principal}}, 201)


def nodes(azure: Azure, count: int = 1, **config: Any) -> None:
    written = {"path": "/etc/cluster/config.json", "content": json.dumps({**CONFIG, **config})}
    data = "#cloud-config\n" + json.dumps({"write_files": [written]})
    identity = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    azure.scale_set(count, custom_data=base64.b64encode(data.encode()).decode(), identity=identity)


def records(azure: Azure) -> dict[str, Any]:
    """Name -> (what one listing tells, the record)."""
    client = azure.asked.cloud._azure.blobs.client("records1").get_container_client("state")
    listed = client.list_blobs(name_starts_with="demo-deployment/nodes/", include=["metadata"])
    found = {}
    for blob in listed:
        name = blob.name.rpartition("/")[2]
        told = json.loads(client.download_blob(blob.name).readall())
        found[name.removesuffix(".json")] = (summary_of(name, told_by(blob.metadata or {})), told)
    return found


def ready(azure: Azure, count: int = 1) -> dict[str, Any]:
    def seen() -> Any:
        found = records(azure)
        return found if [each[0].status for each in found.values()] == ["ready"] * count else None

    return dict(until(seen))


def test_each_machine_reports_itself_with_what_its_configuration_asks_for(azure: Azure) -> None:
    may_write(azure)
    nodes(azure, 2)
    found = ready(azure, 2)
    numbers = {each["properties"]["osProfile"]["computerName"]: each["properties"]["vmId"] for each in azure.machines()}
    assert {name: summary.instance_id for name, (summary, _) in found.items()} == numbers
    _, told = found["vm-000000"]
    record = NodeRecord.from_json(told)
    statuses = {step.name: step.status for step in record.steps}
    assert statuses["disks"] == statuses["docker"] == "ok"
    assert statuses["files"] == statuses["command"] == "skipped"
    assert record.address == "10.0.0.4"
    assert told["health"]["verdict"] == "healthy"
    keys = [each[1]["host_keys"] for each in found.values()]
    assert all(key.startswith("ssh-ed25519 AAAA") for (key,) in keys)
    assert keys[0] != keys[1]


def test_a_machine_whose_identity_has_no_role_reports_nothing_until_it_has(azure: Azure) -> None:
    nodes(azure)
    azure.settled()
    assert records(azure) == {}
    may_write(azure)
    assert list(ready(azure)) == ["vm-000000"]


def test_conditions_make_one_node_sick_and_another_never_start(azure: Azure) -> None:
    conditions = {"machines": {"#0": {"sick_gpus": [3]}, "vm-000002": {"starts": False}}}
    (azure.asked.folder / "conditions.json").write_text(json.dumps(conditions))
    may_write(azure)
    nodes(azure, 3)
    found = ready(azure, 2)
    health = {name: told["health"]["verdict"] for name, (_, told) in found.items()}
    assert health == {"vm-000000": "unhealthy", "vm-000001": "healthy"}
    assert "GPU 3" in json.dumps(found["vm-000000"][1]["health"])


def test_a_size_without_gpus_has_no_healthy_ones(azure: Azure) -> None:
    may_write(azure)
    nodes(azure, gpus=0)
    (_, told) = ready(azure)["vm-000000"]
    assert told["health"]["verdict"] == "skipped"


def test_of_a_size_that_nobody_knows_nothing_is_known(azure: Azure) -> None:
    may_write(azure)
    nodes(azure, gpus=None)
    (_, told) = ready(azure)["vm-000000"]
    assert told["health"]["verdict"] == "unknown"


def test_google_cloud_never_starts_azurite(asked: Asked) -> None:
    asked.template()
    asked.group(1)
    asked.bucket("b1x")
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"]
    assert asked.cloud._azure.blobs.azurite._process is None


def test_blobs_end_after_the_machines_that_would_start_them_anew(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    monkeypatch.setattr(asked.cloud._azure.machines, "close", lambda: ended.append("machines"))
    monkeypatch.setattr(asked.cloud._azure.blobs, "close", lambda: ended.append("blobs"))
    asked.cloud.close()
    assert ended == ["machines", "blobs"]


def test_a_scenario_writes_another_record(azure: Azure) -> None:
    step = {"name": "command", "status": "failed", "seconds": 1, "tail": "boom"}
    body = {"status": "failed", "step": "command", "steps": [step]}
    rule = {"match": {"method": "RECORD", "path": "vm-000000"}, "status": 200, "body": body}
    (azure.asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    may_write(azure)
    nodes(azure)
    summary, told = until(lambda: records(azure).get("vm-000000"))
    assert (summary.status, summary.step) == ("failed", "command")
    assert told["steps"][0]["tail"] == "boom"


def test_a_machine_of_a_ray_cluster_waits_to_be_told_its_head(azure: Azure) -> None:
    may_write(azure)
    nodes(azure, ray={"port": 6379})
    summary, _ = until(lambda: records(azure).get("vm-000000"))
    assert (summary.status, summary.step, summary.ray) == ("starting", "ray", "")
    container = azure.asked.cloud._azure.blobs.client("records1").get_container_client("state")
    head = json.dumps({"name": "vm-000000", "address": "10.0.0.4"})
    container.upload_blob("demo-deployment/files/ray-head.json", head)
    summary, told = ready(azure)["vm-000000"]
    assert summary.ray_gpus == 8
    assert told["ray"]["address"] == "10.0.0.4:6379"
