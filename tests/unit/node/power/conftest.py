"""The power program with a folder of its own in the place of the controller's disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.slurm_power import commands, kept, work

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "KEPT_FILE", str(tmp_path / "state.json"))
    monkeypatch.setattr(kept, "REQUESTS", str(tmp_path / "requests"))
    monkeypatch.setattr(work, "POWER", str(tmp_path))
    monkeypatch.setattr(work, "LOCK", str(tmp_path / "lock"))
    monkeypatch.setattr(commands, "POKE", str(tmp_path / "poke"))
    return tmp_path
