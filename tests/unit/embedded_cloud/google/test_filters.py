"""The `filter` and `fields` parameters, and pages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.fields import select
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.pages import page

BODY: dict[str, Any] = {
    "name": "vm-1",
    "status": "RUNNING",
    "labels": {"aiinfra-cluster": "abc", "team.part": "x"},
    "scheduling": {"automaticRestart": False},
    "size": 12,
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name=vm-1",
        'name = "vm-1"',
        "labels.aiinfra-cluster=abc",
        'labels.aiinfra-cluster="abc" AND status="RUNNING"',
        "labels.team.part=x",
        "scheduling.automaticRestart = false",
        "name eq vm-[0-9]",
        'name eq "vm-.*"',
        "size=12",
    ],
)
def test_a_filter_that_fits_lets_the_resource_pass(text: str) -> None:
    assert compile_filter(text)(BODY)


@pytest.mark.parametrize(
    "text",
    [
        "name=vm-2",
        "labels.aiinfra-cluster=abcd",
        "labels.none=x",
        "labels=x",
        'labels.aiinfra-cluster="abc" AND name="vm-2"',
        "name eq vm",
    ],
)
def test_a_filter_that_does_not_fit_keeps_it_out(text: str) -> None:
    assert not compile_filter(text)(BODY)


@pytest.mark.parametrize("text", ["name", "name =", "= x", "name ~ x", 'name = "x', "name=x AND", 'name eq "["'])
def test_a_filter_that_can_not_be_read_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid list filter expression"):
        compile_filter(text)


@pytest.mark.parametrize(
    "text",
    [
        "status = STOPPED OR status = RUNNING",
        "NOT status = STOPPED",
        "-status = STOPPED",
        "(status = RUNNING) (name != vm-2)",
        "name ne other",
        "labels.team:*",
        'name = "vm-*"',
        "size > 11",
    ],
)
def test_a_filter_that_only_the_real_api_knows_is_said_to_be_unknown(text: str) -> None:
    with pytest.raises(ApiError, match="does not know the filter") as refused:
        compile_filter(text)
    assert refused.value.code == 501


@given(st.text(max_size=30))
def test_no_filter_text_ends_in_anything_but_a_test_or_a_refusal(text: str) -> None:
    try:
        assert compile_filter(text)(BODY) in (True, False)
    except ApiError as refused:
        assert refused.code in (400, 501)


def test_fields_select_what_they_name() -> None:
    body = {"items": [{"name": "a", "metadata": {"status": "ready", "step": "x"}, "size": 1}], "nextPageToken": "t"}
    wanted = select(body, "items(name,metadata/status),nextPageToken")
    assert wanted == {"items": [{"name": "a", "metadata": {"status": "ready"}}], "nextPageToken": "t"}
    assert select(body, "items/name") == {"items": [{"name": "a"}]}
    assert select(body, "*") == body


@given(st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)), st.integers(1, 7))
def test_pages_together_are_the_whole_list_in_order(names: set[str], size: int) -> None:
    items = [(name, name) for name in sorted(names)]
    seen: list[str] = []
    token = ""
    while True:
        found, token = page(items, str(size), token)
        seen += found
        if not token:
            break
    assert seen == sorted(names)


def test_a_page_token_that_is_none_is_refused() -> None:
    with pytest.raises(ApiError, match="pageToken"):
        page([("a", "a")], "1", "é")
