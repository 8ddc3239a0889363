"""A number with its noun."""

from __future__ import annotations

import pytest

from cluster_provision.number_of import number_of


@pytest.mark.parametrize(("count", "text"), [(0, "no machines"), (1, "1 machine"), (2, "2 machines")])
def test_one_thing_is_no_plural(count: int, text: str) -> None:
    assert number_of(count, "machine") == text
