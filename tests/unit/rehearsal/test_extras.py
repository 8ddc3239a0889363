"""An installation without the rehearsal's packages says so, and what to use in its place."""

from __future__ import annotations

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal import rehearse, session


@pytest.mark.parametrize("mode", ["plan", "yes"])
def test_missing_packages_are_named_before_anything_starts(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setattr(session, "EXTRAS", ("json", "not_installed_here"))
    with pytest.raises(MachineError, match="not_installed_here") as refused:
        rehearse(mode, None, {}, print)  # type: ignore[arg-type]
    assert "-rehearsal" in refused.value.advice
