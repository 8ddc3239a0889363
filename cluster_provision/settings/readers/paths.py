"""Reads paths on the cluster's machines, and paths where this tool runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DEFAULT_DESTINATION = "/usr/aiinfra/copy"
"""Where the files that are mounted in the container are put on every machine."""

LONGEST_PATH = 1024
_CHARACTERS = "/[A-Za-z0-9._/+@=-]*"

# A mount over these would hide what the machine runs on: its system, its homes, the image's Python (/opt).
_SYSTEM_FOLDERS = frozenset(
    {"/", "/bin", "/boot", "/dev", "/etc", "/home", "/home/jupyter", "/lib", "/lib32", "/lib64", "/opt", "/opt/conda"}
    | {"/proc", "/root", "/run", "/sbin", "/snap", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local"}  # noqa: S108
    | {"/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/log"}
)
_SYSTEM_TREES = ("/boot", "/dev", "/etc", "/proc", "/run", "/sys")
# The bootstrap's own folders (node/prelude.sh, node/steps/ray_install.sh, node/azure).
_OWN_TREES = (
    "/etc/cluster",
    "/opt/ray",
    "/usr/local/lib/cluster",
    "/var/lib/cluster",
    "/var/lib/ray",
    "/var/log/cluster",
)


def machine_path(text: str) -> str:
    """Return an absolute path on a machine, without a slash at its end. Raises BadValue."""
    if not text.startswith("/"):
        raise BadValue("is not an absolute path: it must begin with /")
    if not re.fullmatch(_CHARACTERS, text) or len(text) > LONGEST_PATH:
        raise BadValue(
            f"is not a valid path here: allowed are ASCII letters, digits and . _ / + @ = -, up to {LONGEST_PATH}"
        )
    parts = [part for part in text.split("/") if part]
    if "." in parts or ".." in parts:
        raise BadValue("holds . or .. as a folder; write the path in full")
    return "/" + "/".join(parts)


def mount_path(text: str) -> str:
    """Return a path to mount something on. Raises BadValue for the folders that the machine itself needs."""
    path = machine_path(text)
    if path in _SYSTEM_FOLDERS or _lies_in(path, (*_SYSTEM_TREES, *_OWN_TREES)):
        raise BadValue("would hide a folder that the machine needs; mount on one of your own, such as /mnt/data")
    return path


def _lies_in(path: str, trees: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{tree}/") for tree in trees)


class MachinePath:
    """A folder on the machines for files."""

    type_name = "absolute path on the machines"
    allowed = "an absolute path of ASCII letters, digits and . _ / + @ = -"
    spaces = "refused"

    def read(self, text: str) -> str:
        path = machine_path(text)
        trees = [tree for tree in (*_SYSTEM_TREES, *_OWN_TREES) if tree != "/etc"]
        if path == "/" or _lies_in(path, trees):
            raise BadValue("is not a folder for files; name one such as /usr/aiinfra/copy")
        return path

    def show(self, value: Any) -> str:
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^{_CHARACTERS}$", "maxLength": LONGEST_PATH}


@dataclass(frozen=True)
class Folder:
    """A folder where this tool runs (in the container, if it runs in one).

    `holding` is a path that must exist within it, and `layout` describes such a folder. Without `holding`, the folder
    may be missing.
    """

    holding: str = ""
    layout: str = ""
    type_name: str = "folder"
    spaces: str = "refused"

    @property
    def allowed(self) -> str:
        return f"an existing folder: {self.layout}" if self.holding else "a folder, made where it is missing"

    def read(self, text: str) -> Path:
        from pathlib import Path

        path = Path(text)
        try:
            if self.holding and not path.is_dir():
                raise BadValue("is not an existing folder here; with Docker, mount it with -v and give its path inside")
            if path.exists() and not path.is_dir():
                raise BadValue("is a file, not a folder")
            if self.holding and not (path / self.holding).is_dir():
                raise BadValue(f"holds no {self.holding}: it must be {self.layout}")
        except (OSError, ValueError) as failure:
            raise BadValue(f"can't be used as a folder: {getattr(failure, 'strerror', None) or failure}") from failure
        return path

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}
