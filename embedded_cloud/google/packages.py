"""The hosts of Google's and NVIDIA's packages, as far as a node fetches single files there: keys, and packages of keys.

What they hold is a line that says so: on a node, the commands that would use it are recorded and not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

HOSTS = ("packages.cloud.google.com", "developer.download.nvidia.com")
FILES = (".gpg", ".deb")


def answer(request: Request) -> Answer:
    """A file, where it looks like one of those."""
    if request.method not in ("GET", "HEAD") or not request.path.endswith(FILES):
        return Answer.text(f"rehearsal: {request.host} has no packages here\n", 404)
    return Answer.text(f"rehearsal: this is not {request.path.rpartition('/')[2]} of {request.host}\n")
