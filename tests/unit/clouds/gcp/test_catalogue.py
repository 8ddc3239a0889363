"""Which project a look-up is charged to, and what is asked but once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from google.oauth2.credentials import Credentials

from cluster_provision.clouds.gcp.catalogue import GcpCatalogue
from cluster_provision.clouds.gcp.cloud import Gcp
from cluster_provision.errors import PermissionDenied, Unreachable
from cluster_provision.parallel import at_once
from tests.unit.clouds.gcp.sessions import Session

if TYPE_CHECKING:
    from collections.abc import Callable


def catalogue(session: Session) -> GcpCatalogue:
    return GcpCatalogue(cast("Any", session), "my-project-1")


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (Credentials("token"), {"x-goog-user-project": "my-project-1"}),
        (Credentials("token", quota_project_id="other"), {}),  # the session itself names that one
        (object(), {}),  # a service account is charged to its own project
        (SimpleNamespace(of_a_login=True, quota_project_id=None), {"x-goog-user-project": "my-project-1"}),
        (SimpleNamespace(of_a_login=False, quota_project_id=None), {}),  # the token of a service account
    ],
)
def test_a_persons_login_without_a_quota_project_is_charged_to_the_clusters(
    credentials: object, header: dict[str, str]
) -> None:
    session = Session(credentials)
    catalogue(session).services_off(["compute"])
    assert session.asked[0][1] == header


def test_a_question_of_several_checks_is_asked_once() -> None:
    session = Session(object())
    asked = catalogue(session)
    facts = at_once([lambda: asked.machine_type("us-central1-a", "n1-standard-8")] * 4)
    assert len(session.asked) == 1
    assert {f.vcpus for f in facts if f} == {8}


def test_a_refused_look_at_an_account_is_not_taken_for_none() -> None:
    cloud = Gcp(cast("Any", Session(object(), status=403)), "my-project-1")
    with pytest.raises(PermissionDenied):
        cloud.account_title("demo-nodes@my-project-1.iam.gserviceaccount.com")
    with pytest.raises(PermissionDenied):
        catalogue(Session(object(), status=403)).has_account("demo-nodes@my-project-1.iam.gserviceaccount.com")


def test_a_refusal_is_remembered_for_the_next_check() -> None:
    session = Session(object(), status=403)
    asked = catalogue(session)
    for _ in range(2):
        with pytest.raises(PermissionDenied):
            asked.has_zone("us-central1-a")
    assert len(session.asked) == 1


@pytest.mark.parametrize("look", [lambda c: c.cluster_machines("abc123"), lambda c: c.zones_with("a3-highgpu-8g")])
def test_machines_of_a_zone_that_does_not_answer_are_not_taken_for_none(look: Callable[[GcpCatalogue], Any]) -> None:
    session = Session(object())
    session.json = lambda: {"items": {"zones/us-east1-b": {"warning": {"code": "UNREACHABLE"}}}}  # type: ignore[method-assign]
    with pytest.raises(Unreachable, match="zones/us-east1-b: UNREACHABLE"):
        look(catalogue(session))
