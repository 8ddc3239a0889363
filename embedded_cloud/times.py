"""Times as most of the APIs write them."""

from __future__ import annotations

import time


def zulu() -> str:
    """The time now, in UTC."""
    at = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"
