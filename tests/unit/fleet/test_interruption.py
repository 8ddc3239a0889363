"""A signal in the middle: the run ends at once, and so do the commands on the hosts."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import Interrupted
from cluster_provision.fleet.command import stream
from cluster_provision.fleet.run import run_everywhere
from cluster_provision.interruption import Interruption
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Host
    from tests.unit.fleet.kit import Farm


def test_a_signal_ends_the_run_and_interrupts_the_commands(farm: Farm) -> None:
    farm.add_many("vm-0", "vm-1")

    class Signalling(Heard):
        def stdout(self, host: Host, line: bytes) -> None:
            super().stdout(host, line)
            if len(self.lines) == 2:
                threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGTERM)).start()

    started = time.monotonic()
    with Interruption().handled(), pytest.raises(Interrupted):
        run_everywhere(
            farm.fleet(), "trap 'touch interrupted; exit 1' INT; echo up; while :; do sleep 0.1; done", Signalling()
        )
    assert time.monotonic() - started < 15
    until = time.monotonic() + 10
    marks = [m.home / "interrupted" for m in farm.machines]
    while not all(mark.exists() for mark in marks) and time.monotonic() < until:
        threading.Event().wait(0.05)
    assert [mark.exists() for mark in marks] == [True, True]


class _Process:
    """A command that runs on; its host takes a while to answer that the channel is closed."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.stdout = self.stderr = self

    async def read(self, _: int) -> bytes:
        await asyncio.Event().wait()
        return b""

    def send_signal(self, name: str) -> None:
        self.calls.append(name)

    def close(self) -> None:
        self.calls.append("close")

    async def wait_closed(self) -> None:
        await asyncio.sleep(0.01)
        self.calls.append("answered")


class _Connection:
    def __init__(self, process: _Process) -> None:
        self.process = process

    async def create_process(self, *_: object, **__: object) -> _Process:
        return self.process


def test_a_command_has_heard_of_its_end_before_its_connection_is_given_back() -> None:
    process = _Process()

    async def take(_: bytes) -> None: ...

    async def interrupted() -> None:
        connection: Any = _Connection(process)
        running = asyncio.create_task(stream(connection, "sleep 60", take, take))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        process.calls.append("given back")

    asyncio.run(interrupted())
    assert process.calls == ["INT", "close", "answered", "given back"]
