"""The ssh commands: as one types them, and with the key named for the tool's own use."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cluster_provision.fleet.model import Endpoint
from cluster_provision.node import Node
from cluster_provision.result import HeadAccess
from cluster_provision.targets.azure.ssh_routes import SshRoutes

HEAD, OTHER = Node("vm-0", address="10.0.0.4"), Node("vm-1", address="10.0.0.5")
PUBLIC = SshRoutes("me", Endpoint("203.0.113.9", 50003), public=True)
PRIVATE = SshRoutes("me", Endpoint("10.0.0.4", 22), public=False)
KEYED = SshRoutes("me", Endpoint("203.0.113.9", 50003), public=True, key=Path("/keys/a b"))


@pytest.mark.parametrize(
    ("ways", "node", "command"),
    [
        (PUBLIC, HEAD, "ssh -p 50003 me@203.0.113.9"),
        (PUBLIC, OTHER, "ssh -J me@203.0.113.9:50003 me@10.0.0.5"),
        (PRIVATE, HEAD, "ssh me@10.0.0.4"),
        (PRIVATE, OTHER, "ssh me@10.0.0.5"),
        (KEYED, OTHER, "ssh -J me@203.0.113.9:50003 me@10.0.0.5"),
    ],
)
def test_one_types_a_jump_through_the_head(ways: SshRoutes, node: Node, command: str) -> None:
    assert ways.shell(node, HEAD) == command


def test_without_a_key_the_tool_goes_the_same_way() -> None:
    assert PUBLIC.command(OTHER, HEAD) == tuple(shlex.split(PUBLIC.shell(OTHER, HEAD)))


def test_with_a_key_the_jump_has_it_too() -> None:
    command = KEYED.command(OTHER, HEAD)
    assert command[:3] == ("ssh", "-i", "/keys/a b")
    proxy = next(part for part in command if part.startswith("ProxyCommand="))
    assert shlex.split(proxy.partition("=")[2])[:3] == ["ssh", "-i", "/keys/a b"]
    assert command[-1] == "me@10.0.0.5"


def test_the_result_says_who_is_the_head_and_how_all_are_reached() -> None:
    found = KEYED.connection([HEAD, OTHER], HEAD)
    assert found.head == HeadAccess("vm-0", "203.0.113.9", 50003, "me")
    assert list(found.ssh or {}) == ["vm-0", "vm-1"]
    assert found.key_file == "/keys/a b"
    assert "key_file" not in PRIVATE.connection([HEAD], HEAD).to_json()
