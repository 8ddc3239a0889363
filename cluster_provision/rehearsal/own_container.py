"""Which container this process runs in, if any."""

from __future__ import annotations

import re

# The engine mounts a container's own hosts file (and two more) from its folder of that container.
OWN_FOLDER = re.compile(r"/containers/([0-9a-f]{64})/(?:hostname|hosts|resolv\.conf) /etc/")


def own_id(mounts: str) -> str | None:
    """Return the id of the container with this /proc/self/mountinfo; None outside containers."""
    found = OWN_FOLDER.search(mounts)
    return found[1] if found else None
