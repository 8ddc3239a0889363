"""What tests of machines that exist already need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded_cloud.existing.played_kit import Played

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def played(tmp_path: Path) -> Played:
    """No machine yet."""
    return Played(tmp_path / "machines")
