"""What a killed run left under names of its own: removed for good, and nobody else's with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from cluster_provision.clouds.gcp_orphans import GcpOrphans
from tests.unit.rehearsal.asked_cloud import GLOBAL, PROJECT, Asked, Session

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
    assert orphans(asked).remove_orphans("abc123", EVER) == ["instance template demo-1"]
    assert names(asked) == ["demo-2"]


def test_templates_that_gke_made_for_the_cluster_are_gkes_own(asked: Asked) -> None:
    template(asked, "gke-demo-gke-demo-nodepool-0-1a2b3c4d", "")
    assert orphans(asked).remove_orphans("abc123", EVER) == []
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
    assert GcpOrphans(cast("Any", session), PROJECT).remove_orphans("abc123", EVER)
    assert len(looked) == 2
