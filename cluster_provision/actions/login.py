"""Waiting for a person to log in: the run says how, and goes on as soon as the login is there."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.errors import NoCredentials
    from cluster_provision.run import Run

LOOK_SECONDS = 0.5


def wait_for_login(run: Run, missing: NoCredentials) -> None:
    """Return once there is something in one of the files that are awaited. A signal, such as Ctrl-C, ends the run."""
    run.console.say(f"{missing.message[:1].upper()}{missing.message[1:]}.\n{missing.advice}")
    file = next((each for each in missing.awaited if _is_folder(each.parent)), missing.awaited[0])
    if not _is_folder(file.parent):
        run.console.say(
            f"{file.parent} isn't mounted here: either start this again with the line above, or copy the file from "
            f"another terminal:\n  docker cp ~/.config/gcloud/{file.name} {socket.gethostname()}:{file}"
        )
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
    run.console.say(f"Waiting for {file}; this run goes on as soon as it is there. Ctrl-C ends it.")
    run.progress.update(f"waiting for {file.name}")
    seen = 0
    while True:
        time.sleep(LOOK_SECONDS)
        before, seen = seen, sum(map(_size, missing.awaited))
        if seen and seen == before:
            return


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # closed to this user
        return False


def _size(file: Path) -> int:
    """Its size, 0 where it isn't there: one that doesn't grow from one look to the next is whole."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        return 0
