"""Status asks for the machines of each group once, however many things it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

LISTING = "/listManagedInstances"


def test_status_lists_each_groups_machines_once(tool: Tool) -> None:
    ray = {"ORCHESTRATOR_TYPE": "ray", "INSTANCE_COUNT": "2"}
    tool.result("Create", **ray)
    before = len(tool.answered(200))
    assert tool.result("Status", **ray)["ok"]
    listed = [line.split()[2] for line in tool.answered(200)[before:] if LISTING in line]
    assert len(listed) == len(set(listed)) == 2  # the head's group and the others'
