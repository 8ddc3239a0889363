"""Which keys machines that exist already are known by: a file's, or those that they show the first time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

LINE = re.compile(r"^\s+(\S+ ssh-ed25519 \S+)$", re.MULTILINE)


@pytest.mark.parametrize("action", ["Create", "Plan", "Validate", "Status", "Destroy"])
def test_without_known_hosts_every_action_ends_with_15_and_the_fingerprints(
    existing: ExistingTool, action: str
) -> None:
    refused = existing.result(action, expected=15, SSH_HOST_KEYS="")["error"]
    assert [len(re.findall(f"{name} .*: SHA256:", refused["message"])) for name in ("head", "node1", "node2")] == [
        1
    ] * 3
    assert "SSH_KNOWN_HOSTS" in refused["advice"]
    assert existing.left() == []


def test_the_lines_that_are_told_are_those_of_a_known_hosts_file_that_works(existing: ExistingTool) -> None:
    refused = existing.result("Create", expected=15, SSH_HOST_KEYS="")["error"]
    lines = LINE.findall(refused["advice"])
    assert [line.split()[0] for line in lines] == ["head", "node1", "node2", "node3"]
    shown = {line.split()[0]: line.split(" ", 1)[1] for line in lines}
    file = existing.folder / "known_hosts"
    file.write_text("".join(f"{line}\n" for line in lines))
    assert existing.result("Create", SSH_HOST_KEYS="", SSH_KNOWN_HOSTS=str(file))["ok"]
    assert {name: each["host_keys"] for name, each in existing.kept("machines.json").items()} == {
        name: [key] for name, key in shown.items()
    }


@pytest.mark.parametrize("action", ["Plan", "Validate"])
def test_plan_and_validate_keep_no_key(existing: ExistingTool, action: str) -> None:
    assert existing.result(action)["ok"]
    assert existing.left() == []


def test_accepted_keys_are_kept_and_another_one_is_refused(existing: ExistingTool) -> None:
    existing.result("Create")
    assert len(existing.kept("machines.json")["node2"]["host_keys"]) == 1
    before = existing.snapshot()
    kept = existing.state("machines.json")
    text = kept.read_text()
    other = existing.kept("machines.json")["node3"]["host_keys"][0]
    own = existing.kept("machines.json")["node2"]["host_keys"][0]
    kept.write_text(text.replace(own, other))
    for action in ("Create", "Status", "Destroy"):
        refused = existing.result(action, expected=15)["error"]
        assert "node2 at node2 shows another host key than before" in refused["message"]
        assert "node3" not in refused["message"] and "node1" not in refused["message"]
    kept.write_text(text)
    assert existing.snapshot() == before


def test_keys_that_were_accepted_suffice_later_only_where_they_are_accepted_still(existing: ExistingTool) -> None:
    existing.result("Create")
    assert existing.result("Status", expected=15, SSH_HOST_KEYS="")["error"]["class"] == "HostKeyMismatch"
    assert existing.result("Status")["ok"]
