"""Calls of somebody else to the cloud of a test."""

from __future__ import annotations

from typing import Any

import requests

COMPUTE = "https://compute.googleapis.com/compute/v1/projects/my-project-1"
SIGNED = {"Authorization": "Bearer somebody-else"}


def by_hand(method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """A call of somebody's own, past the tool."""
    answer = requests.request(method, f"{COMPUTE}/{path}", json=body, headers=SIGNED, timeout=10)
    assert answer.ok, answer.text
