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
    "networkInterfaces": [{"networkIP": "10.0.0.2"}, {"networkIP": "10.0.0.3"}],
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name=vm-1",
        'name = "vm-1"',
        "labels.aiinfra-cluster=abc",
        "labels.aiinfra-cluster:*",
        "labels.team.part=x",
        "scheduling.automaticRestart = false",
        "(status = RUNNING) (name != vm-2)",
        "status = STOPPED OR status = RUNNING",
        "NOT status = STOPPED",
        "-status = STOPPED",
        "status = RUNNING AND (size > 11 OR size < 3)",
        "name eq vm-[0-9]",
        "name ne other.*",
        'name = "vm-*"',
        "networkInterfaces.networkIP = 10.0.0.3",
        "labels:team.part",
        "labels.none != x",
    ],
)
def test_a_filter_that_fits_lets_the_resource_pass(text: str) -> None:
    assert compile_filter(text)(BODY)


@pytest.mark.parametrize(
    "text",
    [
        "name=vm-2",
        "labels.aiinfra-cluster=abcd",
        "labels.none:*",
        "labels.none=x",
        "status = RUNNING AND size > 12",
        "NOT status = RUNNING",
        "name eq vm",
        "(status = STOPPED) (name = vm-1)",
        "status = STOPPED OR status = STAGING name = vm-1",
    ],
)
def test_a_filter_that_does_not_fit_keeps_it_out(text: str) -> None:
    assert not compile_filter(text)(BODY)


@pytest.mark.parametrize("text", ["name", "name =", "(name = x", "name = x)", "= x", "name ~ x", 'name = "x'])
def test_a_filter_that_can_not_be_read_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid list filter expression"):
        compile_filter(text)


@given(st.text(max_size=30))
def test_no_filter_text_ends_in_anything_but_a_test_or_a_refusal(text: str) -> None:
    try:
        assert compile_filter(text)(BODY) in (True, False)
    except ApiError as refused:
        assert refused.code == 400


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
