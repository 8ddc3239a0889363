"""What Kubernetes Engine's answers come to that are refused, empty or cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.clouds.gcp.gke import Gke
from cluster_provision.errors import Interrupted, PermissionDenied, Unreachable
from tests.unit.clouds.gcp.sessions import Session

if TYPE_CHECKING:
    from collections.abc import Callable

OFF: dict[str, Any] = {
    "error": {
        "message": "Kubernetes Engine API has not been used",
        "details": [{"reason": "SERVICE_DISABLED", "metadata": {"consumer": "projects/my-project-1"}}],
    }
}


def gke(body: dict[str, Any], status: int = 200) -> Gke:
    session = Session(object(), status)
    session.json = lambda: body  # type: ignore[method-assign]
    return Gke(cast("Any", session), "my-project-1")


@pytest.mark.parametrize("look", [lambda g: g.clusters(), lambda g: g.under_way("us-central1", "demo-gke")])
def test_a_zone_that_does_not_answer_makes_no_list_whole(look: Callable[[Gke], object]) -> None:
    with pytest.raises(Unreachable, match="us-central1-b"):
        look(gke({"missingZones": ["us-central1-b"]}))


def test_an_answer_without_versions_offers_none_to_choose_from() -> None:
    with pytest.raises(Unreachable, match="names none"):
        gke({"channels": []}).versions("us-central1")


def test_a_service_that_is_off_is_no_answer_where_the_state_has_a_cluster() -> None:
    asked = gke(OFF, 403)
    assert asked.cluster("us-central1", "demo-gke") is None
    with pytest.raises(PermissionDenied):
        asked.cluster("us-central1", "demo-gke", held=True)


def test_a_signal_ends_the_wait_for_a_cancelled_operation() -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise Interrupted("stopped by SIGTERM", 15)

    asked = gke({})
    asked._session.request = stopped  # type: ignore[method-assign, assignment]
    with pytest.raises(Interrupted):
        asked.cancel("us-central1", "operation-1")
    assert gke({"error": {"message": "no"}}, 400).cancel("us-central1", "operation-1") is False
