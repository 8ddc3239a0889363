"""What tests of several folders need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.embedded_cloud.asked_cloud import Asked


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """The embedded cloud in this process."""
    from embedded_cloud.authority import Authority
    from embedded_cloud.cloud import Cloud
    from tests.unit.embedded_cloud.asked_cloud import Asked

    cloud = Cloud(tmp_path, "played", Authority(tmp_path))
    yield Asked(cloud, tmp_path)
    cloud.close()
