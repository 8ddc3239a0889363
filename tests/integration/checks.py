"""The checks that a run's result tells of."""

from __future__ import annotations

from typing import Any


def rows(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The checks by name: status and detail."""
    return {c["name"]: (c["status"], c["detail"]) for c in result["checks"]}
