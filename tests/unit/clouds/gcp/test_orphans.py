"""What a killed run left under names of its own: removed for good, and nobody else's with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from cluster_provision.clouds.gcp.orphans import GcpOrphans
from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, ZONE, Asked, Session

if TYPE_CHECKING:
    import pytest

EVER = datetime(2000, 1, 1, tzinfo=UTC)
OURS = "A machine of cluster demo."


def orphans(asked: Asked) -> GcpOrphans:
    return GcpOrphans(cast("Any", Session(asked)), PROJECT)


def names(asked: Asked) -> list[str]:
    return [each["name"] for each in asked.compute("GET", f"{GLOBAL}/instanceTemplates").get("items", [])]


def template(asked: Asked, name: str, description: str) -> None:
    asked.template(name, description=description, labels={"aiinfra-cluster": "abc123"})


def test_a_template_that_nothing_uses_goes_and_one_in_use_stays(asked: Asked) -> None:
    template(asked, "demo-1", OURS)
    template(asked, "demo-2", OURS)
    asked.group(0, name="demo-mig", template="demo-2")
    assert orphans(asked).remove_orphans("abc123", "demo", EVER) == ["instance template demo-1"]
    assert names(asked) == ["demo-2"]


def test_templates_that_gke_made_for_the_cluster_are_gkes_own(asked: Asked) -> None:
    template(asked, "gke-demo-gke-demo-nodepool-0-1a2b3c4d", "")
    assert orphans(asked).remove_orphans("abc123", "demo", EVER) == []
    assert names(asked) == ["gke-demo-gke-demo-nodepool-0-1a2b3c4d"]


def test_a_template_counts_as_gone_only_once_its_deletion_has_ended(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    template(asked, "demo-1", OURS)
    over = iter([{"status": "RUNNING"}, {"status": "DONE"}])
    session = Session(asked)
    looked: list[str] = []

    def request(method: str, url: str, **given: Any) -> Any:
        answer = Session(asked).request(method, url, **given)
        if "/operations/" in url:
            looked.append(url)
            answer._content = str(next(over)).replace("'", '"').encode()
        return answer

    monkeypatch.setattr(session, "request", request)
    assert GcpOrphans(cast("Any", session), PROJECT).remove_orphans("abc123", "demo", EVER)
    assert len(looked) == 2


def test_a_dashboard_goes_unless_a_cluster_of_the_same_name_is_older_than_this_ones_state(asked: Asked) -> None:
    board = {"displayName": "GPUs of demo", "labels": {"aiinfra-cluster": "abc123"}, "mosaicLayout": {"columns": 48}}
    asked.json("POST", "monitoring.googleapis.com", f"/v1/projects/{PROJECT}/dashboards", board)
    asked.compute("POST", f"{GLOBAL}/networks", {"name": "demo-dpl-net", "autoCreateSubnetworks": False})
    later = datetime.now(UTC) + timedelta(hours=1)
    assert orphans(asked).remove_orphans("abc123", "demo", later) == []
    assert orphans(asked).remove_orphans("abc123", "demo", EVER) == ["dashboard GPUs of demo"]


def test_a_data_disk_that_outlived_its_cluster_makes_nothing_older_and_goes_by_its_name(asked: Asked) -> None:
    label = {"aiinfra-cluster": "abc123"}
    asked.compute("POST", f"{ZONE}/disks", {"name": "demo-controller-data", "sizeGb": "10", "labels": label})
    assert orphans(asked).oldest("abc123", "demo") is None
    asked.compute("POST", f"{ZONE}/disks", {"name": "demo-controller", "sizeGb": "10", "labels": label})
    assert orphans(asked).oldest("abc123", "demo") is not None
    orphans(asked).remove_disk("us-central1-a", "demo-controller-data")
    assert [each["name"] for each in asked.compute("GET", f"{ZONE}/disks")["items"]] == ["demo-controller"]
