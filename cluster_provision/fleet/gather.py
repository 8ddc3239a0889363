"""Reads a file from all hosts at once, and passes its lines on in the fleet's order."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import CommandFailed, ProvisionError
from cluster_provision.fleet.command import stream
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.event_loop import all_of, run_apart
from cluster_provision.fleet.fan_out import attempt
from cluster_provision.fleet.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host

AHEAD = 256 * 1024
"""Bytes to read ahead from a host before its turn."""


@dataclass(frozen=True)
class Reading:
    """The `path` to read, with at most `most` bytes from a host.

    `stall`: the longest time in seconds without a byte.
    """

    path: str
    most: int
    stall: float = 60.0


@dataclass(frozen=True)
class Gathered:
    """The result for a host's file: its bytes, whether there were `more`, and the error if it isn't complete."""

    host: Host
    size: int
    more: bool
    error: ProvisionError | None


def gather(
    fleet: Fleet,
    reading: Reading,
    take: Callable[[Host, bytes], None],
    ended: Callable[[int, int], None] = lambda done, total: None,
    limits: Limits | None = None,
) -> list[Gathered]:
    """Read the file on every host; `take` gets each line without its end, host after host.

    Raises the error that keeps the head from being reached; a failure beyond the head is its host's.
    """
    return run_apart(_gather(fleet, reading, take, ended, limits))


async def _gather(
    fleet: Fleet,
    reading: Reading,
    take: Callable[[Host, bytes], None],
    ended: Callable[[int, int], None],
    limits: Limits | None,
) -> list[Gathered]:
    turns = [asyncio.Event() for _ in range(len(fleet.hosts) + 1)]
    turns[0].set()

    async def one(number: int, host: Host) -> Gathered:
        desk = _Desk(turns[number], partial(take, host))
        outcome = await attempt(connections, host, partial(_read, reading, desk))
        await desk.finish()
        turns[number + 1].set()
        ended(number + 1, len(fleet.hosts))
        return Gathered(host, desk.size, desk.more, outcome.error)

    async with Connections(fleet, limits) as connections:
        return await all_of(one(*each) for each in enumerate(fleet.hosts))


class _Desk:
    """Holds a host's lines until it is the host's turn; when it is full, the host waits."""

    def __init__(self, turn: asyncio.Event, take: Callable[[bytes], None]) -> None:
        self._turn = turn
        self._take = take
        self._lines = Lines()
        self._lying: list[bytes] = []
        self._bytes = 0
        self.size = 0
        self.more = False

    async def put(self, data: bytes) -> None:
        self.size += len(data)
        self._bytes += len(data)
        self._lying += self._lines.feed(data)
        if self._bytes > AHEAD:
            await self._turn.wait()
        if self._turn.is_set():
            self._hand_over()

    async def finish(self) -> None:
        await self._turn.wait()
        self._lying += self._lines.end()
        self._hand_over()

    def _hand_over(self) -> None:
        for line in self._lying:
            self._take(line)
        self._lying, self._bytes = [], 0


async def _read(reading: Reading, desk: _Desk, connection: SSHClientConnection, host: Host) -> None:
    loop = asyncio.get_running_loop()
    said = bytearray()
    received, heard, waiting = 0, loop.time(), False

    async def stdout(data: bytes) -> None:
        nonlocal received, heard, waiting
        received += len(data)
        waiting = True
        await desk.put(data[: reading.most - desk.size])
        waiting, heard = False, loop.time()

    async def stderr(data: bytes) -> None:
        said.extend(data[: 4096 - len(said)])

    # One extra byte shows that there are more.
    command = f"LC_ALL=C head -c {reading.most + 1} -- {shlex.quote(reading.path)}"
    work = asyncio.create_task(stream(connection, command, stdout, stderr))
    try:
        while not work.done():
            await asyncio.wait({work}, timeout=reading.stall / 4)
            if not (work.done() or waiting) and loop.time() - heard > reading.stall:
                raise CommandFailed(f"{host.name}: {reading.path} sent nothing for {reading.stall:g} s")
        exit_code = work.result()
    finally:
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
    if exit_code:
        reason = said.decode(errors="replace").strip() or f"head ended with exit code {exit_code}"
        raise CommandFailed(f"{host.name}: {reason.removeprefix('head: ')}", "Run 'ls -l …' shows what is there.")
    desk.more = received > reading.most
    if desk.more:
        raise CommandFailed(
            f"{host.name}: {reading.path} is longer than {reading.most} bytes; only its beginning is shown",
            f"Run 'tail -n 100 {reading.path}' shows its end.",
        )
