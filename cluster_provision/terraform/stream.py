"""Runs one Terraform process, and reads its `-json` lines as they come.

python-terraform builds the command line. The process runs here, because that library can't follow it, stop it or limit
its time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from python_terraform import IsFlagged
from python_terraform import Terraform as CommandLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cluster_provision.interruption import Interruption

Event = dict[str, Any]
"""One machine-readable line: https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""

FLAG = IsFlagged
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class TimedOut(Exception):
    """The process ran longer than its limit and was killed."""


def stream(
    program: str,
    folder: Path,
    environment: Mapping[str, str],
    interruption: Interruption,
    on_event: Callable[[Event], None],
    command: str,
    *arguments: str,
    limit_seconds: float | None = None,
    **options: Any,
) -> int:
    """Run `terraform <command> -json …` in `folder` and pass each of its events to `on_event`.

    Returns the exit status. Raises TimedOut after `limit_seconds` and kills the process: an `init` whose backend does
    not answer ignores SIGTERM and SIGINT for ten minutes. Raises Interrupted after a signal, once Terraform itself has
    ended.
    """
    line = CommandLine(working_dir=str(folder), terraform_bin_path=program)
    argv = line.generate_cmd_string(command, *arguments, json=FLAG, **options)

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            argv,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # a second pipe could fill up unread
            encoding="utf-8",  # Terraform's, whatever this machine's language is
            errors="replace",
            start_new_session=True,  # a terminal's Ctrl-C reaches only this process, which passes it on
        )

    with interruption.forwarded_to(start) as process, _killed_after(process, limit_seconds) as timed_out:
        try:
            assert process.stdout is not None  # noqa: S101 - for the type checker
            for text in process.stdout:
                on_event(_event(text))
        finally:
            # An exception here must not leave Terraform running without a reader.
            if process.poll() is None and process.stdout is not None:
                process.stdout.read()
            process.wait()
    if timed_out.is_set():
        raise TimedOut
    return process.returncode


def capture(
    program: str,
    folder: Path,
    environment: Mapping[str, str],
    interruption: Interruption,
    *arguments: str,
    told: str = "",
) -> tuple[int, str, str]:
    """Run `terraform <arguments>` with `told` as its input. Returns exit status, output and error output."""

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [program, *arguments],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    with interruption.forwarded_to(start) as process:
        printed, said = process.communicate(told)
    return process.returncode, printed, COLOURS.sub("", said)


def _event(text: str) -> Event:
    try:
        event = json.loads(text)
    except ValueError:
        event = None
    if isinstance(event, dict):
        return event
    return {"type": "raw", "@level": "info", "@message": COLOURS.sub("", text).rstrip()}


@contextlib.contextmanager
def _killed_after(process: subprocess.Popen[str], seconds: float | None) -> Iterator[threading.Event]:
    timed_out = threading.Event()

    def kill() -> None:
        timed_out.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its plugins too

    timer = threading.Timer(seconds, kill) if seconds is not None else None
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        yield timed_out
    finally:
        if timer is not None:
            timer.cancel()
