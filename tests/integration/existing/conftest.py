"""A cluster that a module's tests share, where none of them changes it for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.existing.tool import ExistingTool

if TYPE_CHECKING:
    from tests.integration.conftest import Tool


@pytest.fixture(scope="module")
def _made(_standing: Tool) -> ExistingTool:
    tool = ExistingTool.of(_standing)
    tool.result("Create")
    return tool


@pytest.fixture
def made(_made: ExistingTool, standing: Tool) -> ExistingTool:
    """A cluster of a controller and three nodes; what goes wrong there goes right again after the test."""
    return _made
