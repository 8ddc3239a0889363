"""What a played machine makes up of a command's output and of RESULTS_DIR, where a run asks for it."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Facts = dict[str, Any]

WISH_FILE = "files/results.json"
OUTPUT = b"played by the rehearsal: STARTUP_COMMAND was not run\n"


def made_up(wish: bytes | str, name: str) -> tuple[dict[str, bytes], Facts | None]:
    """The objects of machine `name`, below the deployment, and what its record says of them; None for nothing asked."""
    asked = json.loads(wish or "{}")
    if not asked.get("asked"):
        return {}, None
    objects = {f"nodes/output/{name}.log": OUTPUT}
    folder = None
    if asked.get("folder"):
        packed = _archive({"played.txt": f"{name} would have put its results here\n".encode()})
        objects[f"nodes/results/{name}.tar.gz"] = packed
        folder = len(packed)
    return objects, {"output": len(OUTPUT), "folder": folder, "left_out": 0, "note": ""}


def with_results(record: Facts, results: Facts | None) -> Facts:
    """The record whose command has left these, where it has run."""
    if results is None:
        return record
    ran = ("ok", "failed")
    steps = [
        {**each, "results": results} if each["name"] == "command" and each["status"] in ran else each
        for each in record["steps"]
    ]
    return {**record, "steps": steps}


def _archive(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return packed.getvalue()
