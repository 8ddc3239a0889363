"""What several tests of Slurm's stages use."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two looks."""
    monkeypatch.setattr("cluster_provision.readiness.polling.FIRST_SECONDS", 1e-6)
    monkeypatch.setattr("cluster_provision.readiness.polling.LONGEST_SECONDS", 1e-6)
