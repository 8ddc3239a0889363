"""Files put into containers and read from them, running or not."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from docker.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker.models.containers import Container


def read(box: Container, path: str) -> str:
    """A file's text; empty where there is none."""
    try:
        chunks, _ = box.get_archive(path)
    except NotFound:
        return ""
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        found = tar.extractfile(tar.getmembers()[0])
        return found.read().decode() if found else ""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """The tar archive that `Container.put_archive` takes, of texts or bytes by absolute path."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(name.lstrip("/"))
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()
