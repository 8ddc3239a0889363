"""Times as the APIs write them."""

from __future__ import annotations

import time


def stamp(seconds: float | None = None) -> str:
    """A time as compute writes it, UTC."""
    at = time.time() if seconds is None else seconds
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}-00:00"


def zulu() -> str:
    """A time as the other APIs write it."""
    at = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"
