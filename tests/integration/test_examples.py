"""Every example can be planned on the embedded cloud as it stands, as its first lines say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*-*.list"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_can_be_planned_as_it_stands(tool: Tool, path: Path) -> None:
    settings = read_env_file(path, {})
    changes = tool.result("Plan", **settings)["changes"]
    assert changes["add"] > 3
    assert changes["change"] == changes["destroy"] == 0
