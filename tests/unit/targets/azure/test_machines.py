"""Which machine of a scale set is the head, and the order of the others."""

from __future__ import annotations

from datetime import UTC, datetime

from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.targets.azure.machines import in_order


def machine(name: str, resource: str, second: int = 0) -> ScaleSetMachine:
    made = datetime(2026, 11, 25, 12, 0, second, tzinfo=UTC)
    return ScaleSetMachine(name, name, "eastus2", resource=resource, made=made)


def test_uniform_machines_are_ordered_by_their_number_and_not_as_text() -> None:
    found = in_order([machine("vm-00000a", "10"), machine("vm-000002", "2", 9), machine("vm-000009", "9")])
    assert [m.resource for m in found] == ["2", "9", "10"]


def test_the_oldest_of_flexible_machines_is_the_head_and_names_decide_between_twins() -> None:
    found = in_order([machine("vm-c", "ss_3", 5), machine("vm-b", "ss_2", 1), machine("vm-a", "ss_1", 5)])
    assert [m.name for m in found] == ["vm-b", "vm-a", "vm-c"]
