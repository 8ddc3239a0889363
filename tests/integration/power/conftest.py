"""A controller on each cloud, with two partitions of eight and four nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.power import clouds
from tests.integration.power.controller import Controller
from tests.unit.node.slurm.services import Services, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Tool


@pytest.fixture
def services() -> Iterator[Services]:
    with running() as made:
        yield made


@pytest.fixture(params=["gcp", "azure"])
def controller(request: pytest.FixtureRequest, tool: Tool, services: Services, tmp_path: Path) -> Controller:
    make = clouds.google if request.param == "gcp" else clouds.azure
    pools = (clouds.pool("hpc", (4, 4), "set"), clouds.pool("htc", (4,), "set"))
    return Controller(tmp_path / "controller", make(tool, services, *pools), services)
