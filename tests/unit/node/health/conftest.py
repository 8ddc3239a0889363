"""A node whose checkers all pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.node.health.kit import node_at
from tests.unit.node.health.recorded import AZNHC_SUCCESS, dcgm4, dcgm4_test

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.health.kit import Node


@pytest.fixture
def node(tmp_path: Path) -> Node:
    made = node_at(tmp_path)
    made.aznhc(AZNHC_SUCCESS)
    made.dcgm(dcgm4(dcgm4_test("memory", "Pass")))
    return made
