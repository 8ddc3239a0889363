"""The hosts of Google's and NVIDIA's packages, as far as a node fetches single files there: keys, and packages of keys.

Each file holds one line that says what it is not: nodes record the commands that would use it instead of running them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

HOSTS = ("packages.cloud.google.com", "developer.download.nvidia.com")
FILES = (".gpg", ".deb")


def answer(request: Request) -> Answer:
    """A file, where the path looks like that of a key or a package of keys."""
    if request.method not in ("GET", "HEAD") or not request.path.endswith(FILES):
        return Answer.text(f"rehearsal: {request.host} has no packages here\n", 404)
    return Answer.text(f"rehearsal: this is not {request.path.rpartition('/')[2]} of {request.host}\n")
