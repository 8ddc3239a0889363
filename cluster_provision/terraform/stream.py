"""Runs one Terraform process, and reads its `-json` lines as they come.

python-terraform writes every command line: flags, booleans, options with underscores, subcommands. It doesn't run them.
Its `cmd` hands out the output once the process has ended; here each event is told as it comes, a signal is passed on as
one graceful stop, and an `init` that hangs is killed with its plugins. For that, the process needs a session, an
environment and a standard input of its own, none of which `cmd` takes.
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

import python_terraform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cluster_provision.interruption import Interruption

Event = dict[str, Any]
"""One machine-readable line: https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""

FLAG = python_terraform.IsFlagged
"""The value of an option that has none: `-json`."""

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
    argv = _command_line(program, command, *arguments, json=FLAG, **options)

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
            if process.returncode < 0:  # killed alone: its plugins would go on without it
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    if timed_out.is_set():
        raise TimedOut
    return process.returncode


def capture(
    program: str,
    folder: Path,
    environment: Mapping[str, str],
    interruption: Interruption,
    command: str,
    *arguments: str,
    told: str = "",
) -> tuple[int, str, str]:
    """Run `terraform <command> <arguments>`, which reads `told`: its exit status, output and error output."""
    argv = _command_line(program, command, *arguments)

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            argv,
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


def _command_line(program: str, command: str, *arguments: str, **options: Any) -> list[str]:
    """`command` may have a subcommand after a space. A dict of options would be written to a file that stays: none."""
    line: list[str] = _CommandLine(terraform_bin_path=program).generate_cmd_string(command, *arguments, **options)
    return line


class _CommandLine(python_terraform.Terraform):  # type: ignore[misc]  # the library has no types
    def read_state_file(self, file_path: str | None = None) -> None:
        """Nothing is read: a file that a killed run left half written is Terraform's to refuse, by a message."""


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
