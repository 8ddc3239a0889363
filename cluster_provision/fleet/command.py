"""Runs a command on one host, over an open connection."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import CommandFailed
from cluster_provision.fleet.event_loop import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asyncssh import SSHClientConnection, SSHReader

    Take = Callable[[bytes], Awaitable[None]]

CHUNK = 64 * 1024

HEARD_SECONDS = 2.0
"""How long an interrupted command has to say that it heard of it, before its connection goes."""


@dataclass(frozen=True)
class CommandResult:
    """What a short command printed, and its exit code; 0 is success."""

    stdout: bytes
    stderr: bytes
    exit_code: int

    def required(self, host: str) -> str:
        """Return its output. Raises CommandFailed if it did not succeed."""
        if self.exit_code:
            said = (self.stderr or self.stdout).decode(errors="replace").strip()
            raise CommandFailed(f"{host}: {said or f'ended with exit code {self.exit_code}'}")
        return self.stdout.decode(errors="replace")


async def stream(
    connection: SSHClientConnection, command: str, stdout: Take, stderr: Take, feed: bytes | None = None
) -> int:
    """Run it in the user's shell, pass its output on as it comes, and return its exit code, 128 and more for a signal.

    `feed` is its standard input, empty by default. If the call is cancelled, the command is interrupted, too: the call
    then ends when the host has answered, so that whoever closes the connection next does not cut off the signal. Raises
    asyncssh.Error if it can't be started, or the connection ends before the command does.
    """
    import asyncssh

    process = await connection.create_process(
        command, stdin=asyncssh.DEVNULL if feed is None else asyncssh.PIPE, encoding=None
    )
    try:
        if feed is not None:
            with contextlib.suppress(BrokenPipeError):  # it has ended already, and reads nothing: its exit code tells
                process.stdin.write(feed)
                process.stdin.write_eof()
        await all_of((_pass_on(process.stdout, stdout), _pass_on(process.stderr, stderr)))
        await process.wait_closed()
    except BaseException:
        with contextlib.suppress(OSError):  # it has ended already
            process.send_signal("INT")
        process.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait_closed(), HEARD_SECONDS)
        raise
    if process.exit_status is not None and process.exit_status >= 0:
        return int(process.exit_status)
    if process.exit_signal:
        name = str(process.exit_signal[0])
        return 128 + int(getattr(signal, f"SIG{name}", 0))
    raise asyncssh.ConnectionLost("before the command did")


async def ask(connection: SSHClientConnection, command: str, feed: bytes | None = None) -> CommandResult:
    """Run a command that prints little."""
    out, err = bytearray(), bytearray()
    exit_code = await stream(connection, command, _keep(out), _keep(err), feed)
    return CommandResult(bytes(out), bytes(err), exit_code)


def _keep(kept: bytearray) -> Take:
    async def take(data: bytes) -> None:
        kept.extend(data)

    return take


async def _pass_on(reader: SSHReader[bytes], take: Take) -> None:
    while data := await reader.read(CHUNK):
        await take(data)
