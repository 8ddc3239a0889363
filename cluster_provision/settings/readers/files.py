"""Reads paths of files that the user mounts: each must exist and have the right content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOUNT = "with Docker, mount it with -v and give its path inside the container"


@dataclass(frozen=True)
class GivenFile:
    """A readable file of at most `most` bytes. `check` raises BadValue for text of another kind."""

    what: str
    most: int = 1024 * 1024
    check: Callable[[str], object] | None = None
    type_name: str = "file"
    spaces: str = "refused"

    @property
    def allowed(self) -> str:
        return f"the path of a file: {self.what}"

    def read(self, text: str) -> Path:
        from pathlib import Path

        if "PRIVATE KEY" in text:
            raise BadValue("holds a key itself: write that to a file, and give the file's path", secret=True)
        if text.startswith("~"):
            raise BadValue(f"begins with ~, which this tool does not expand; write the path in full ({MOUNT})")
        path = Path(text)
        try:
            if path.is_dir():  # docker makes a folder of that name if the mounted file is missing
                raise BadValue(f"is a folder, which Docker makes if the file to mount is missing; {MOUNT}")
            if not path.exists():
                raise BadValue(f"does not exist; {MOUNT}")
            if not path.is_file():
                raise BadValue("is not a regular file")
            with path.open("rb") as file:
                data = file.read(self.most + 1)
        except (OSError, ValueError) as failure:
            raise BadValue(f"can't be read: {getattr(failure, 'strerror', None) or failure}") from failure
        if len(data) > self.most:
            raise BadValue(f"has more than {self.most} bytes, and can't be {self.what}")
        if self.check:
            try:
                self.check(data.decode("utf-8-sig"))
            except UnicodeDecodeError:
                raise BadValue(f"is not UTF-8 text, and can't be {self.what}") from None
        return path

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


@dataclass(frozen=True)
class PlaceForFile:
    """A file to be written in an existing folder. Whether the file may exist is for its writer to decide."""

    what: str
    type_name: str = "file to be written"
    spaces: str = "refused"

    @property
    def allowed(self) -> str:
        return f"the path of a file in an existing folder: {self.what}"

    def read(self, text: str) -> Path:
        from pathlib import Path

        path = Path(text)
        try:
            if path.is_dir():
                raise BadValue("is a folder; give the path of a file in it")
            if not path.parent.is_dir():
                raise BadValue(f"lies in a folder that does not exist; {MOUNT.replace('mount it', 'mount the folder')}")
        except (OSError, ValueError) as failure:
            raise BadValue(f"can't be used: {getattr(failure, 'strerror', None) or failure}") from failure
        return path

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}
