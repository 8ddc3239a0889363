"""Blob storage that has too much to do is asked again."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.state.azure import busy


@pytest.mark.parametrize(("statuses", "ends_with"), [([429, 429, 201], 201), ([429] * 9, 429), ([403], 403)])
def test_too_many_requests_are_repeated_with_all_of_their_body(
    monkeypatch: pytest.MonkeyPatch, statuses: list[int], ends_with: int
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(busy.time, "sleep", slept.append)
    coming, sent = iter(statuses), []

    def send(request: Any) -> Any:
        sent.append(request.http_request.body.read())
        return SimpleNamespace(http_response=SimpleNamespace(status_code=next(coming), headers={}))

    policy: Any = busy.repeat_when_busy()
    policy.next = SimpleNamespace(send=send)
    answer = policy.send(SimpleNamespace(http_request=SimpleNamespace(body=io.BytesIO(b"content"))))
    assert answer.http_response.status_code == ends_with
    assert set(sent) == {b"content"}
    assert len(slept) == len(sent) - 1
    assert all(seconds <= busy.LONGEST_SECONDS for seconds in slept)
