"""Reads files and asks programs, below a root folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = os.environ.get("CLUSTER_PROVISION_ROOT", "").rstrip("/")
"""The folder that stands for / in tests and on simulated machines."""

SECONDS = 20
MOST = 64 * 1024
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


def text_of(path: str) -> str:
    """A file's text, empty where there is none."""
    try:
        return Path(ROOT + path).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def output(*command: str) -> dict[str, Any]:
    """What a program wrote, and its status: 127 for no such program, 124 for one that didn't answer."""
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, env=ENVIRONMENT, check=False
        )
    except FileNotFoundError:
        return {"exit": 127, "out": "", "err": f"{command[0]}: no such program"}
    except subprocess.TimeoutExpired:
        return {"exit": 124, "out": "", "err": f"{command[0]}: no answer within {SECONDS} seconds"}
    told = {"out": ended.stdout, "err": ended.stderr}
    return {"exit": ended.returncode, **{k: v[:MOST].decode("utf-8", "replace") for k, v in told.items()}}


def is_systemd() -> bool:
    """Whether systemd is process 1 (sd_booted(3))."""
    return os.path.isdir(f"{ROOT}/run/systemd/system")
