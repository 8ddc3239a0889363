"""The user's files for the nodes: one archive, named by its content."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from dataclasses import dataclass
from pathlib import Path

from cluster_provision.terraform.workspace import disk_errors_named

SOURCE = Path("/usr/aiinfra/copy")
"""Where users mount the folder whose files they want on the nodes."""


@dataclass(frozen=True)
class Archive:
    """`name` is its place below the deployment; `path` lies in the working folder; `count` files are in it."""

    name: str
    path: Path
    count: int


def pack_files(source: Path, folder: Path) -> Archive | None:
    """Everything below `source`, nested folders, modes and links intact; None where there is nothing.

    The same files give the same archive, so that a second Create changes nothing: owners and times
    are left out.
    """
    members = sorted(source.rglob("*")) if source.is_dir() else []
    if not members:
        return None
    path = folder / "files.tar.gz"
    with (
        disk_errors_named(),
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for member in members:
            archive.add(member, str(member.relative_to(source)), recursive=False, filter=_anonymous)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Archive(f"files/{digest}.tar.gz", path, sum(m.is_file() for m in members))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = 0
    return member
