"""Instance groups are kept as large as they should be, and played machines write what bootstraps would."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.node import NodeRecord
from embedded_cloud.authority import Authority
from embedded_cloud.cloud import Cloud
from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, STORAGE, ZONE, until

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

MANAGER = f"{ZONE}/instanceGroupManagers/g"
CONFIG = {
    "schema": 1,
    "bucket": "b1x",
    "deployment": "d",
    "notebook": True,
    "gpus": 0,
    "buckets": [{"bucket": "data", "path": "/mnt/data"}],
    "file_shares": [{"address": "10.64.0.2", "share": "nfsshare", "path": "/mnt/share"}],
}


def metadata(**items: str) -> dict[str, Any]:
    return {"items": [{"key": key.replace("_", "-"), "value": value} for key, value in items.items()]}


def managed(asked: Asked) -> list[dict[str, Any]]:
    return list(asked.compute("POST", f"{MANAGER}/listManagedInstances").get("managedInstances", []))


def running(asked: Asked, count: int) -> list[dict[str, Any]]:
    """The group's instances, once so many of them run."""

    def seen() -> list[dict[str, Any]]:
        found = managed(asked)
        return found if [each["currentAction"] for each in found] == ["NONE"] * count else []

    return until(seen) if count else until(lambda: not managed(asked)) and []


def test_a_group_gets_its_instances_at_once_and_they_run(asked: Asked) -> None:
    asked.template(labels={"k": "v"})
    asked.group(3)
    assert len(managed(asked)) == 3
    for each in running(asked, 3):
        found = asked.compute("GET", f"{ZONE}/instances/{each['name']}")
        assert (found["status"], found["id"], found["labels"]) == ("RUNNING", each["id"], {"k": "v"})
        assert found["networkInterfaces"][0]["networkIP"].startswith("10.128.")
        assert each["name"].startswith("vm-")
        assert not [name for name in found if name.startswith("x-")]
    stable = asked.compute("GET", MANAGER)
    assert (stable["status"]["isStable"], stable["currentActions"]["none"]) == (True, 3)


def test_each_instance_has_an_address_of_its_own(asked: Asked) -> None:
    asked.template()
    asked.group(5)
    found = [asked.compute("GET", f"{ZONE}/instances/{each['name']}") for each in running(asked, 5)]
    assert len({each["networkInterfaces"][0]["networkIP"] for each in found}) == 5


def test_a_group_is_resized_both_ways(asked: Asked) -> None:
    asked.template()
    asked.group(1)
    first = running(asked, 1)[0]["name"]
    asked.compute("POST", f"{MANAGER}/resize?size=3")
    assert first in [each["name"] for each in running(asked, 3)]
    asked.compute("POST", f"{MANAGER}/resize?size=0")
    running(asked, 0)
    assert "items" not in asked.compute("GET", f"{ZONE}/instances")


def test_a_deleted_group_takes_its_instances_with_it_before_it_answers(asked: Asked) -> None:
    asked.template()
    asked.group(2)
    asked.compute("DELETE", MANAGER)
    assert "items" not in asked.compute("GET", f"{ZONE}/instances")


def test_deleted_instances_make_the_group_smaller(asked: Asked) -> None:
    asked.template()
    asked.group(2)
    gone = running(asked, 2)[0]["name"]
    asked.compute("POST", f"{MANAGER}/deleteInstances", {"instances": [f"zones/us-central1-a/instances/{gone}"]})
    assert gone not in [each["name"] for each in running(asked, 1)]
    assert asked.compute("GET", MANAGER)["targetSize"] == 1


def test_an_instance_deleted_by_hand_is_made_again(asked: Asked) -> None:
    asked.template()
    asked.group(1)
    before = running(asked, 1)[0]["id"]
    asked.compute("DELETE", f"{ZONE}/instances/{managed(asked)[0]['name']}")
    assert running(asked, 1)[0]["id"] != before


def test_a_recreated_instance_keeps_its_name_alone(asked: Asked) -> None:
    asked.template()
    asked.group(1)
    before = running(asked, 1)[0]
    asked.compute("POST", f"{MANAGER}/recreateInstances", {"instances": [before["instance"]]})
    after = until(lambda: [each for each in running(asked, 1) if each["id"] != before["id"]])[0]
    assert after["name"] == before["name"]


def test_a_proactive_group_replaces_instances_of_another_template(asked: Asked) -> None:
    asked.template()
    asked.template("u", description="new")
    asked.group(1)
    before = running(asked, 1)[0]["id"]
    template = f"projects/{PROJECT}/global/instanceTemplates/u"
    change = {"versions": [{"instanceTemplate": template}], "updatePolicy": {"type": "PROACTIVE"}}
    asked.compute("PATCH", MANAGER, change)
    after = until(lambda: [each for each in running(asked, 1) if each["id"] != before])[0]
    assert after["version"]["instanceTemplate"].endswith("/u")
    assert asked.compute("GET", MANAGER)["status"]["versionTarget"]["isReached"] is True


def test_a_played_machine_writes_the_record_of_its_bootstrap(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.template(metadata=metadata(cluster_config=json.dumps(CONFIG), cluster_startup_command="echo hi"))
    asked.group(1)
    node = running(asked, 1)[0]
    listed = asked.json("GET", STORAGE, "/storage/v1/b/b1x/o?prefix=d/nodes/")["items"][0]
    optional = {"agent": "skipped", "jupyter": "ok", "health": "skipped"}
    assert listed["metadata"] == {"status": "ready", "step": "done", "instance_id": node["id"], **optional}
    raw = asked.ask("GET", STORAGE, f"/storage/v1/b/b1x/o/d%2Fnodes%2F{node['name']}.json?alt=media").body
    record = NodeRecord.from_json(json.loads(raw))
    assert (record.node, record.instance_id, record.status) == (node["name"], node["id"], "ready")
    steps = {step.name: step.status for step in record.steps}
    assert steps == {
        "files": "skipped",
        "buckets": "ok",
        "shares": "ok",
        "ray": "skipped",
        "slurm": "skipped",
        "health": "ok",
        "agent": "skipped",
        "jupyter": "ok",
        "command": "ok",
    }
    assert [(m.source, m.path) for s in record.steps for m in s.mounts] == [
        ("data", "/mnt/data"),
        ("10.64.0.2:/nfsshare", "/mnt/share"),
    ]


def test_a_machine_without_a_configuration_writes_nothing(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.template()
    asked.group(1)
    running(asked, 1)
    assert "items" not in asked.json("GET", STORAGE, "/storage/v1/b/b1x/o")


def test_a_notebook_answers_at_the_address_that_its_machine_registers(asked: Asked) -> None:
    asked.template(metadata=metadata(proxy_mode="project_editors"))
    asked.group(1)
    name = running(asked, 1)[0]["name"]

    def registered() -> str:
        items = asked.compute("GET", f"{ZONE}/instances/{name}")["metadata"]["items"]
        return next((item["value"] for item in items if item["key"] == "proxy-url"), "")

    host = until(registered)
    assert host.endswith("-dot-us-central1.notebooks.googleusercontent.com")
    assert "version" in json.loads(asked.ask("GET", host, "/api").body)
    assert b"made up" in asked.ask("GET", host, "/").body
    other = "0123456789abcdef-dot-us-central1.notebooks.googleusercontent.com"
    assert asked.ask("GET", other, "/api").status == 404


def test_a_zone_that_has_no_machines_says_so(asked: Asked) -> None:
    code, message = "ZONE_RESOURCE_POOL_EXHAUSTED", "The zone does not have enough resources available."
    match = {"method": "BOOT", "host": "machines.rehearsal.internal", "path": f"^/{PROJECT}/us-central1-a/"}
    rule = {"match": match, "status": 503, "body": {"code": code, "message": message}}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    asked.template()
    asked.group(1)
    error = until(lambda: asked.compute("GET", f"{MANAGER}/listErrors").get("items"))[0]
    assert error["error"] == {"code": code, "message": message}
    attempt = managed(asked)[0]
    assert (attempt["currentAction"], attempt["lastAttempt"]["errors"]["errors"][0]["code"]) == ("CREATING", code)
    assert asked.compute("GET", MANAGER)["status"]["isStable"] is False
    asked.compute("DELETE", MANAGER)
    assert "items" not in asked.compute("GET", f"{ZONE}/instances")


def test_what_went_wrong_stays_listed_when_the_machine_comes_and_goes_with_the_group(asked: Asked) -> None:
    refused = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no"}
    rule = {"match": {"method": "BOOT", "path": "/us-central1-a/"}, "times": 1, "status": 503, "body": refused}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    asked.template()
    asked.group(1)
    node = running(asked, 1)[0]
    assert "errors" not in node["lastAttempt"]
    (item,) = asked.compute("GET", f"{MANAGER}/listErrors")["items"]
    assert item["error"] == refused
    assert item["instanceActionDetails"]["instance"] == node["instance"]
    assert datetime.fromisoformat(item["timestamp"]).tzinfo is not None
    asked.compute("DELETE", MANAGER)
    asked.group(0)
    assert asked.compute("GET", f"{MANAGER}/listErrors") == {}


def test_a_machine_that_is_preempted_is_made_anew_under_its_name(asked: Asked) -> None:
    rule = {"match": {"method": "PREEMPT"}, "times": 1, "status": 200, "delay": 1}  # late enough to be seen before
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    asked.template()
    asked.group(1)
    first = until(lambda: managed(asked))[0]
    second = until(lambda: [m for m in running(asked, 1) if m["id"] != first["id"]])[0]
    assert second["name"] == first["name"]


def test_a_record_can_be_made_to_fail(asked: Asked) -> None:
    steps = [{"name": "command", "status": "failed", "tail": "boom"}]
    rule = {"match": {"method": "RECORD"}, "status": 200, "body": {"status": "failed", "steps": steps}}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    asked.bucket("b1x")
    asked.template(metadata=metadata(cluster_config=json.dumps(CONFIG)))
    asked.group(1)
    running(asked, 1)
    listed = asked.json("GET", STORAGE, "/storage/v1/b/b1x/o?prefix=d/nodes/")["items"][0]
    assert listed["metadata"]["status"] == "failed"


def test_a_cloud_that_starts_again_has_all_it_had(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.upload("b1x", "o", b"kept")
    asked.template(metadata=metadata(cluster_config=json.dumps(CONFIG)))
    asked.group(2)
    before = {each["name"]: each["id"] for each in running(asked, 2)}
    addresses = _addresses(asked, before)
    asked.cloud.close()
    asked.cloud = Cloud(asked.folder, "played", Authority(asked.folder))
    assert {each["name"]: each["id"] for each in running(asked, 2)} == before
    assert _addresses(asked, before) == addresses
    assert asked.ask("GET", STORAGE, "/storage/v1/b/b1x/o/o?alt=media").body == b"kept"
    assert asked.compute("GET", f"{GLOBAL}/instanceTemplates/t")["name"] == "t"
    asked.cloud.close()
    asked.cloud = Cloud(asked.folder, "played", Authority(asked.folder))


def _addresses(asked: Asked, names: dict[str, str]) -> list[str]:
    found = [asked.compute("GET", f"{ZONE}/instances/{name}") for name in sorted(names)]
    return [each["networkInterfaces"][0]["networkIP"] for each in found]
