"""What Google's refusals become, with what to do about them."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import GoogleApi
from cluster_provision.errors import CredentialsError, PermissionDenied, ProvisionError, Refused, Unreachable


class Session:
    """Answers everything alike."""

    def __init__(self, status: int, body: Any) -> None:
        self.status_code, self._body, self.ok, self.reason = status, body, status < 400, "reason"
        self.headers: dict[str, str] = {}

    def request(self, *_: Any, **__: Any) -> Session:
        return self

    def json(self) -> Any:
        if isinstance(self._body, Exception):
            raise self._body
        return self._body


def refused(status: int, body: Any) -> Exception:
    """What a call raises."""
    with pytest.raises((ProvisionError, NotFound)) as raised:
        GoogleApi(Session(status, body), "my-project-1")._get("https://x", "looking")  # type: ignore[arg-type]
    return raised.value


def error(message: str, reason: str, **metadata: str) -> dict[str, Any]:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}
    return {"error": {"message": message, "details": [info]}}


def test_a_service_that_is_off_comes_with_the_command_that_switches_it_on() -> None:
    about = {"service": "compute.googleapis.com", "consumer": "projects/123"}
    failure = refused(403, error("Compute Engine API has not been used", "SERVICE_DISABLED", **about))
    assert isinstance(failure, PermissionDenied)
    assert "gcloud services enable compute.googleapis.com --project=123" in failure.advice


def test_a_quota_project_that_one_may_not_use_is_named() -> None:
    failure = refused(403, error("Caller does not have", "USER_PROJECT_DENIED", consumer="projects/other"))
    assert isinstance(failure, PermissionDenied)
    assert "a quota project, other, which you may not use" in failure.advice


def test_scopes_that_are_too_narrow_are_explained() -> None:
    failure = refused(403, error("Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
    assert isinstance(failure, PermissionDenied)
    assert "cloud-platform" in failure.advice


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("no", ""), CredentialsError),
        (403, error("no", ""), PermissionDenied),
        (403, {"error": {"message": "slow", "errors": [{"reason": "rateLimitExceeded"}]}}, Unreachable),
        (404, error("none", ""), NotFound),
        (429, error("slow", ""), Unreachable),
        (503, ValueError("no JSON"), Unreachable),
        (200, ValueError("a network's page to log in on"), Unreachable),
        (200, [], Unreachable),
        (400, error("bad", ""), Refused),
        (403, ["odd"], PermissionDenied),
    ],
)
def test_each_answer_has_its_class(status: int, body: Any, kind: type[Exception]) -> None:
    assert type(refused(status, body)) is kind


OFF = {"service": "file.googleapis.com"}


@pytest.mark.parametrize("consumer", ["projects/my-project-1", "projects/4711"])
def test_a_service_that_is_off_in_the_clusters_own_project_has_nothing(
    monkeypatch: pytest.MonkeyPatch, consumer: str
) -> None:
    api = GoogleApi(
        Session(403, error("has not been used", "SERVICE_DISABLED", consumer=consumer, **OFF)), "my-project-1"
    )  # type: ignore[arg-type]
    monkeypatch.setattr(api, "_number", lambda: "4711")
    assert list(api._pages_if_on("https://x", "looking", "instances")) == []


@pytest.mark.parametrize("about", [{"consumer": "projects/555566667777"}, {"consumer": "projects/other"}, {}])
def test_a_service_that_is_off_elsewhere_says_nothing_of_the_clusters_project(
    monkeypatch: pytest.MonkeyPatch, about: dict[str, str]
) -> None:
    api = GoogleApi(Session(403, error("has not been used", "SERVICE_DISABLED", **about, **OFF)), "my-project-1")  # type: ignore[arg-type]
    monkeypatch.setattr(api, "_number", lambda: "4711")
    with pytest.raises(PermissionDenied) as refused:
        list(api._pages_if_on("https://x", "looking", "instances"))
    if about:
        assert "gcloud auth application-default set-quota-project my-project-1" in refused.value.advice


def test_a_service_that_is_off_with_a_resource_in_the_state_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    off = error("has not been used", "SERVICE_DISABLED", consumer="projects/my-project-1", **OFF)
    api = GoogleApi(Session(403, off), "my-project-1")  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        list(api._pages_if_on("https://x", "looking", "instances", held=True))


EMPTY = {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope 'zones/a' on this page."}}
CUT = {"warning": {"code": "UNREACHABLE", "message": "zone is down"}}


@pytest.mark.parametrize(
    ("page", "lacking"),
    [
        ({"items": {"zones/us-east1-b": CUT}}, "zones/us-east1-b: UNREACHABLE: zone is down"),
        ({"items": {}, "unreachables": ["projects/p/zones/us-east1-b"]}, "projects/p/zones/us-east1-b"),
        ({"items": [], "warning": {"code": "PARTIAL_SUCCESS"}}, "PARTIAL_SUCCESS"),
        ({"unreachable": ["projects/p/locations/us-east1-b"]}, "projects/p/locations/us-east1-b"),
        ({"missingZones": ["us-east1-b"]}, "us-east1-b"),
    ],
)
def test_a_list_that_lacks_something_is_no_answer(page: dict[str, Any], lacking: str) -> None:
    api = GoogleApi(Session(200, page), "my-project-1")  # type: ignore[arg-type]
    for look in (api._raw_pages("GET", "https://x", "looking"), api._pages_if_on("https://x", "looking", "items")):
        with pytest.raises(Unreachable) as cut:
            list(look)
        assert cut.value.message == f"looking: Google can't answer for all of it now ({lacking})"


def test_a_place_without_results_is_no_gap() -> None:
    api = GoogleApi(Session(200, {"items": {"zones/a": EMPTY}, "warning": EMPTY["warning"]}), "p")  # type: ignore[arg-type]
    assert list(api._raw_pages("GET", "https://x", "looking"))
