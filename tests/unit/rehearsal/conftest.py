"""The embedded cloud in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embedded_cloud.authority import Authority
from embedded_cloud.cloud import Cloud
from tests.unit.rehearsal.asked_cloud import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    cloud = Cloud(tmp_path, "played", Authority(tmp_path))
    yield Asked(cloud, tmp_path)
    cloud.close()
