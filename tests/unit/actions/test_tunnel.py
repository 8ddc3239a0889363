"""What Tunnel takes for a place."""

from __future__ import annotations

import pytest

from cluster_provision.actions.tunnel import _places
from cluster_provision.errors import SettingsError


@pytest.mark.parametrize(
    ("argument", "places"),
    [("demo-login-1 3000", ("demo-login-1", 3000, 3000)), ("node 8888  80", ("node", 8888, 80))],
)
def test_a_node_and_a_port_are_enough(argument: str, places: tuple[str, int, int]) -> None:
    assert _places(argument) == places


@pytest.mark.parametrize("argument", ["node", "3000", "node x", "node 0", "node 65536", "node 1 2 3", "node 80 x"])
def test_anything_else_is_refused_with_an_example(argument: str) -> None:
    with pytest.raises(SettingsError, match="Tunnel can't take") as caught:
        _places(argument)
    assert "demo-login-1 3000 8080" in caught.value.advice
