from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.fleet.kit import Farm, farm_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def farm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Farm]:
    """Machines on loopback; no agent, and a home of the caller's own with nothing in it."""
    home = tmp_path / "caller"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    folder = tmp_path / "farm"
    folder.mkdir()
    with farm_in(folder) as made:
        yield made
