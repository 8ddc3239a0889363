"""A file from every host, its lines handed over in the fleet's order while all of them are read at once."""

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
"""Bytes that are read ahead of a host whose turn it isn't."""


@dataclass(frozen=True)
class Reading:
    """What is read, and up to how many `most` bytes of it a host. `stall`: seconds without a byte that are too many."""

    path: str
    most: int
    stall: float = 60.0


@dataclass(frozen=True)
class Gathered:
    """What came of a host's file: how many bytes, whether there were `more`, and why it isn't there as a whole."""

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
    """Read the file on every host; `take` is given each line without its end, host after host.

    Raises what keeps the head from being reached; a failure beyond it is its host's.
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
    """Where a host's lines lie until it is the host's turn; full, it makes the host wait."""

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

    # one byte more than is wanted tells that there are more
    command = f"LC_ALL=C head -c {reading.most + 1} -- {shlex.quote(reading.path)}"
    work = asyncio.create_task(stream(connection, command, stdout, stderr))
    try:
        while not work.done():
            await asyncio.wait({work}, timeout=reading.stall / 4)
            if not (work.done() or waiting) and loop.time() - heard > reading.stall:
                raise CommandFailed(f"{host.name}: {reading.path} gave nothing for {reading.stall:g} s")
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
