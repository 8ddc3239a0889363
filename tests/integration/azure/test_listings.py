"""Machines are listed where something is waited for, and what was listed is kept: no stage asks for the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

LISTING = "/providers/Microsoft.Compute/virtualMachines "
WAY_IN = "/networkSecurityGroups/demo-nsg/securityRules/ssh "


def test_after_the_nodes_are_ready_create_lists_no_machine_again(azure: AzureTool) -> None:
    azure.result("Create")
    asked = azure.answered(200)
    way_in = max(number for number, line in enumerate(asked) if WAY_IN in line)
    assert any(LISTING in line for line in asked[:way_in])
    assert [line for line in asked[way_in:] if LISTING in line] == []


def test_status_lists_the_machines_once(azure: AzureTool) -> None:
    azure.result("Create", ORCHESTRATOR_TYPE="ray")
    before = len(azure.answered(200))
    assert azure.result("Status", ORCHESTRATOR_TYPE="ray")["ok"]
    assert sum(LISTING in line for line in azure.answered(200)[before:]) == 1
