"""The first fields of Compute Engine's resources that exist from the beginning."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.self_links import link

if TYPE_CHECKING:
    from embedded_cloud.store import Body


def existing(kind: str, path: str, **more: Any) -> Body:
    """A resource at `path`, with a number that is always the same."""
    number = str(int(hashlib.sha256(path.encode()).hexdigest()[:15], 16))
    start = {"kind": f"compute#{kind}", "id": number, "creationTimestamp": "2024-01-01T00:00:00.000-00:00"}
    return {**start, "name": path.rpartition("/")[2], "selfLink": link(path), **more}
