"""Runs the applier, each run in a process of its own, so that it can be killed anywhere.

Jobs come as JSON lines, and go as lines of what it wrote and its exit status. This process is small: it forks fast.
"""

from __future__ import annotations

import base64  # noqa: F401 - what the applier needs, once for all of its processes
import difflib  # noqa: F401
import errno
import fcntl  # noqa: F401
import hashlib  # noqa: F401
import importlib
import io
import json
import os
import shutil  # noqa: F401
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.unit.node.apply import programs

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            be_the_applier(write, **job)
        os.close(write)
        with os.fdopen(read) as output:
            text = output.read()
        _, status = os.waitpid(child, 0)
        print(json.dumps([text, os.waitstatus_to_exitcode(status)]), flush=True)


def be_the_applier(write: int, root: str, request: str, kill_at: int, busy: str) -> None:
    """Run it in this process, and end with it."""
    status = 70
    try:
        os.environ["CLUSTER_PROVISION_ROOT"] = root
        sys.stdin = io.TextIOWrapper(io.BytesIO(request.encode()))
        sys.stdout = os.fdopen(write, "w")
        play_programs(Path(root))
        os.fsync = lambda fd: None  # no power is cut here, and disks are slow
        if busy:
            os.rename = refusing(os.rename, busy)
        if kill_at:
            die(kill_at)
        # It reads its root folder when it is imported, which this process does for the first time.
        status = importlib.import_module("node.apply").main()
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stdout.flush()
        os._exit(status)


def play_programs(root: Path) -> None:
    """Do in this process what the machine's programs do, which is fast."""
    real = subprocess.run

    def run(argv: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        ended = programs.act(root, argv)
        if ended is None:
            return real(argv, **options)
        return subprocess.CompletedProcess(argv, ended[0], ended[1], "")

    subprocess.run = run  # type: ignore[assignment]


def refusing(rename: Callable[..., None], mounted: str) -> Callable[..., None]:
    """os.rename, which finds a file busy, as it is where containers have it mounted."""

    def checked(old: str, new: str, **folders: Any) -> None:
        if new == mounted:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), new)
        rename(old, new, **folders)

    return checked


def die(at: int) -> None:
    """Have the process killed before its so manyth change."""
    left = [at]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*given, **named)

        return call

    for module, name in ((os, "rename"), (os, "mkdir"), (os, "unlink"), (os, "rmdir"), (subprocess, "run")):
        setattr(module, name, counted(getattr(module, name)))


if __name__ == "__main__":
    main()
