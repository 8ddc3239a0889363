"""The table that Health prints."""

from __future__ import annotations

from cluster_provision.health.records import CheckedNode
from cluster_provision.health.table import health_text
from cluster_provision.node import NodeHealth
from tests.unit.health.kit import sick


def test_a_row_a_node_and_what_is_wrong_with_it() -> None:
    found = [CheckedNode("vm-0", NodeHealth("healthy")), CheckedNode("vm-1", sick()), CheckedNode("vm-2")]

    lines = health_text(found).splitlines()

    assert lines[0].split() == ["NODE", "HEALTH", "HOST", "FOUND"]
    assert lines[1].split() == ["vm-0", "healthy", "-", "-"]
    assert lines[2].split()[:3] == ["vm-1", "unhealthy", "BN1234"]
    assert "aznhc failed: check_gpu_count" in lines[2]
    assert lines[3].split()[:3] == ["vm-2", "not", "checked"]
    assert lines[-1] == "1 healthy, 1 not checked, 1 unhealthy"


def test_a_long_finding_is_cut_in_the_table() -> None:
    line = health_text([CheckedNode("vm-1", sick("x" * 500))]).splitlines()[1]
    assert line.endswith("…")
    assert len(line) < 200


def test_a_long_finding_keeps_its_codes_in_the_table() -> None:
    line = health_text(
        [CheckedNode("vm-1", sick("x" * 500 + " FaultCode: NHC2010; y FaultCode: NHC2009"))]
    ).splitlines()[1]
    assert line.endswith("… NHC2010, NHC2009")
