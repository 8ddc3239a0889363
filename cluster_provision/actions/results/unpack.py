"""Extracts an archive that a machine has made into a folder of this machine, and nowhere else.

tarfile's own filters do the same, from Python 3.11.4 on: https://docs.python.org/3/library/tarfile.html#extraction-filters
"""

from __future__ import annotations

import tarfile
import zlib
from gzip import BadGzipFile
from pathlib import Path, PurePosixPath

MOST_BYTES = 4 * 1024**3
"""Of all files of an archive, extracted: a machine packs half of it at most."""
MOST_FILES = 100_000
PIECE = 1024 * 1024
NAMED = 3


class _LeadsOut(Exception):
    """A member that would be, or lead, elsewhere; or is no file, folder or link."""


class _Full(Exception):
    """There is more than MOST_BYTES or MOST_FILES."""


def unpack(archive: Path, folder: Path) -> str:
    """Extract the archive's files, folders and links within it; returns what had to be left out, in words.

    Left out are paths and links that lead out of the folder, and devices; and what is more than MOST_BYTES and
    MOST_FILES. Raises OSError where the folder can't be written.
    """
    unpacking = _Unpacking(folder)
    folder.mkdir(parents=True, exist_ok=True)
    why = ""
    try:
        with tarfile.open(archive, "r:gz") as packed:
            for number, member in enumerate(packed):
                if number >= MOST_FILES:
                    raise _Full
                unpacking.take(packed, member)
    except _Full:
        why = f"it has more than {MOST_BYTES} bytes or {MOST_FILES} files"
    except (tarfile.TarError, EOFError, zlib.error, BadGzipFile) as failure:
        why = f"it could not be read to its end: {failure}"
    unpacking.make_links()
    return "; ".join(part for part in (_left_out(unpacking.left), why) if part)


class _Unpacking:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes = 0
        self._links: dict[Path, str] = {}
        self.left: list[str] = []

    def take(self, packed: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Extract a file or a folder, and note a symbolic link for later: nothing is written through one."""
        try:
            path = self._path(member.name)
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
            elif member.issym():
                self._links[path] = member.linkname
            elif member.isfile() or member.islnk():
                self._write(packed, member, path)
            else:
                raise _LeadsOut
        except (_LeadsOut, KeyError, NotADirectoryError, IsADirectoryError, FileExistsError):
            self.left.append(member.name)

    def make_links(self) -> None:
        """Make the links; one that leads out of the folder, by whatever others, goes again."""
        for path, target in self._links.items():
            try:
                if self._is_behind_a_link(path):
                    raise _LeadsOut
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.is_symlink():
                    path.unlink()
                path.symlink_to(target)
            except (_LeadsOut, NotADirectoryError, FileExistsError):
                self.left.append(str(path.relative_to(self._folder)))
        root = self._folder.resolve()
        for path in [each for each in self._links if each.is_symlink() and not _within(each, root)]:
            path.unlink()
            self.left.append(str(path.relative_to(self._folder)))

    def _path(self, name: str) -> Path:
        """Where a member goes. Raises _LeadsOut where that is not below the folder, or behind a link."""
        parts = [part for part in PurePosixPath(name).parts if part not in ("/", "//")]
        if ".." in parts:
            raise _LeadsOut
        path = self._folder.joinpath(*parts)
        if self._is_behind_a_link(path):
            raise _LeadsOut
        return path

    def _is_behind_a_link(self, path: Path) -> bool:
        between = [each for each in path.parents if each.is_relative_to(self._folder) and each != self._folder]
        return any(each.is_symlink() for each in between)

    def _write(self, packed: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
        """Write a file; a hard link as a copy of the member that it names."""
        content = packed.extractfile(member)
        if content is None:
            raise _LeadsOut
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with content, path.open("xb") as file:
            while piece := content.read(PIECE):
                self._bytes += len(piece)
                if self._bytes > MOST_BYTES:
                    file.close()
                    path.unlink()
                    raise _Full
                file.write(piece)
        path.chmod(member.mode & 0o755 | 0o600)


def _within(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a circle
        return False


def _left_out(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"left out, since they lead out of the folder: {', '.join(names[:NAMED])}{more}"
