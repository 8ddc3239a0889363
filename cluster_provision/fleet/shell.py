"""A shell on a machine, on the terminal that the tool itself has: no ssh is needed here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
import tty
from typing import TYPE_CHECKING

from cluster_provision.fleet.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncssh import SSHClientProcess

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host

CHUNK = 64 * 1024
TERMINAL = 0
LOOK_SECONDS = 0.5


async def open_shell(fleet: Fleet, host: Host, limits: Limits | None = None) -> int:
    """Open the user's shell on the host; returns its exit code.

    Raises what keeps the host from being reached, and Unreachable where the connection ends before the shell.
    """
    async with Connections(fleet, limits) as connections, connections.to(host) as connection:
        process: SSHClientProcess[bytes] = await connection.create_process(
            term_type=os.environ.get("TERM", "xterm"), term_size=_size(), encoding=None
        )
        with _raw(TERMINAL):
            tasks = [asyncio.ensure_future(each) for each in (_typed(process), _printed(process), _follow(process))]
            try:
                await process.wait_closed()
                await tasks[1]  # its last words
            finally:
                for task in tasks:
                    task.cancel()
        return process.exit_status if process.exit_status is not None and process.exit_status >= 0 else 255


def _size() -> tuple[int, int]:
    try:
        columns, lines = os.get_terminal_size(TERMINAL)
    except OSError:
        return 80, 24
    return columns, lines


@contextlib.contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Hand every key on, Ctrl-C too; afterwards the terminal is as it was."""
    before = termios.tcgetattr(terminal)
    try:
        tty.setraw(terminal)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


async def _typed(process: SSHClientProcess[bytes]) -> None:
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[bytes] = asyncio.Queue()
    loop.add_reader(TERMINAL, lambda: arrived.put_nowait(os.read(TERMINAL, CHUNK)))
    try:
        while said := await arrived.get():
            process.stdin.write(said)
            await process.stdin.drain()
        process.stdin.write_eof()
    finally:
        loop.remove_reader(TERMINAL)


async def _printed(process: SSHClientProcess[bytes]) -> None:
    loop = asyncio.get_running_loop()
    while said := await process.stdout.read(CHUNK):
        view = memoryview(said)
        while view:
            view = view[await loop.run_in_executor(None, os.write, TERMINAL, view) :]


async def _follow(process: SSHClientProcess[bytes]) -> None:
    """Pass on the terminal's size where it has changed."""
    last = _size()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if (now := _size()) != last:
            last = now
            process.change_terminal_size(*now)
