"""What Resource Manager answers with, and what answers in its place."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from requests import Response

from cluster_provision.clouds.azure import api as azure_api
from cluster_provision.clouds.azure.api import MANAGEMENT, AzureApi
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied, Refused, UnexpectedError, Unreachable

PAGE = b"<html>Please log in to the hotel's network</html>"


def api(*answers: Response) -> AzureApi:
    """Gets these answers, one after the other."""
    token = SimpleNamespace(get_token=lambda _: SimpleNamespace(token="t"))
    asked: Any = AzureApi(SimpleNamespace(token=token), "11111111-2222-3333-4444-555555555555")  # type: ignore[arg-type]
    coming = iter(answers)
    asked._session = SimpleNamespace(request=lambda *_, **__: next(coming))
    return asked  # type: ignore[no-any-return]


def answer(body: bytes, status: int = 200, **headers: str) -> Response:
    told = Response()
    told.status_code, told._content = status, body
    told.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return told


@pytest.mark.parametrize("body", [PAGE, b"[1]", b"null"])
def test_what_is_no_object_of_azures_is_somebody_else_s(body: bytes) -> None:
    with pytest.raises(Unreachable, match="not from Azure Resource Manager"):
        api(answer(body)).get("/subscriptions/s", "2022-12-01", "looking up subscription s")
    with pytest.raises(Unreachable):
        api(answer(PAGE)).array("/versions", "2022-12-01", "looking up versions")


def test_an_answer_without_a_body_is_an_empty_one() -> None:
    assert api(answer(b"")).call("PUT", "/x", "1", "making x") == {}


@pytest.mark.parametrize("told", ["0", "3600", "Sun, 29 Nov 2026 12:00:00 GMT", ""])
def test_work_is_looked_at_again_within_seconds_whatever_azure_says_of_it(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(azure_api.time, "sleep", slept.append)
    begun = answer(b"", 202, Azure_AsyncOperation=f"{MANAGEMENT}/operations/1")
    under_way = answer(json.dumps({"status": "InProgress"}).encode(), Retry_After=told)
    done = answer(json.dumps({"status": "Succeeded"}).encode())
    api(begun, under_way, done).remove("/x", "1", "deleting x")
    assert slept == [0.0 if told == "0" else azure_api.POLL_SECONDS]


@pytest.mark.parametrize("host", [MANAGEMENT, f"{MANAGEMENT}:443", "https://Management.Azure.com"])
def test_what_follows_is_asked_for_also_where_azure_names_its_port(host: str) -> None:
    pages = [{"value": [{"name": "a"}], "nextLink": f"{host}/next?$skiptoken=1"}, {"value": [{"name": "b"}]}]
    asked = api(*(answer(json.dumps(each).encode()) for each in pages))
    assert [each["name"] for each in asked.pages("/x", "1", "listing x")] == ["a", "b"]
    failed = json.dumps({"status": "Failed", "error": {"code": "Conflict", "message": "no"}}).encode()
    with pytest.raises(Refused, match="Conflict: no"):
        api(answer(b"", 202, Azure_AsyncOperation=f"{host}/operations/1"), answer(failed)).remove(
            "/x", "1", "deleting x"
        )


@pytest.mark.parametrize("host", ["https://management.azure.com.example", "http://management.azure.com"])
def test_another_host_gets_no_token_and_hides_no_part_of_a_list(host: str) -> None:
    page = answer(json.dumps({"value": [], "nextLink": f"{host}/next"}).encode())
    with pytest.raises(UnexpectedError, match="listing x: the next page is at "):
        list(api(page).pages("/x", "1", "listing x"))
    with pytest.raises(UnexpectedError, match="not at https://management"):
        api(answer(b"", 202, Location=f"{host}/1")).outcome("/x", "1", "doing x", {})
    with pytest.raises(UnexpectedError):
        api(answer(b"", 202, Location=f"{host}/1")).remove("/x", "1", "deleting x")


@pytest.mark.parametrize("body", [b"{}", b"", b'{"value": null}'])
def test_a_page_that_is_no_list_is_not_taken_for_an_empty_one(body: bytes) -> None:
    with pytest.raises(Unreachable, match="listing x: Azure's answer is not a list"):
        list(api(answer(body)).pages("/x", "1", "listing x"))


@pytest.mark.parametrize(("status", "kind"), [(403, PermissionDenied), (503, Unreachable), (404, NotFound)])
def test_a_list_that_is_cut_off_between_two_pages_is_no_answer(status: int, kind: type[Exception]) -> None:
    first = json.dumps({"value": [{"name": "a"}], "nextLink": f"{MANAGEMENT}/next"}).encode()
    with pytest.raises(kind):
        list(api(answer(first), answer(b"{}", status)).pages("/x", "1", "listing x"))
