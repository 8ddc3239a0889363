"""A server of packages: what lies in the cloud's folder `packages`, under a host name that no real cloud has.

A repository for apt (SLURM_REPOSITORY), or files of packages (PYXIS_PACKAGES). Machines reach it through the door, as
their apt's configuration says; over plain HTTP, since they don't know the embedded cloud's authority.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from embedded_cloud.exchange import Request

HOST = "packages.rehearsal.internal"
FOLDER = "packages"


class PackageServer:
    """Serves the files of one folder, as they are now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def answer(self, request: Request) -> Answer:
        """The file; nothing outside of the folder."""
        parts = [part for part in request.segments if part not in ("", ".")]
        file = self._folder.joinpath(*parts)
        if ".." in parts or any("/" in part for part in parts) or not file.is_file():
            return Answer.text(f"there is no {request.path}\n", 404)
        return Answer(200, file.read_bytes(), (("Content-Type", "application/octet-stream"),))
