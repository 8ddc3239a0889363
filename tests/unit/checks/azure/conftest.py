"""A cloud for the checks to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embedded_cloud.authority import Authority
from embedded_cloud.cloud import Cloud
from tests.unit.embedded_cloud.asked_cloud import Asked
from tests.unit.embedded_cloud.azure_kit import Azure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    cloud = Cloud(tmp_path, "played", Authority(tmp_path))
    yield Azure(Asked(cloud, tmp_path))
    cloud.close()
