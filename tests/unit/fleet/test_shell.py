"""A shell on a machine, on a terminal of this one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import termios
import threading
from typing import TYPE_CHECKING

import pytest

from cluster_provision.fleet import shell
from cluster_provision.fleet.shell import open_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.fleet.kit import Farm

SECONDS = 20


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of the terminal."""
    keyboard, terminal = pty.openpty()
    monkeypatch.setattr(shell, "TERMINAL", terminal)
    yield keyboard
    os.close(terminal)
    os.close(keyboard)


def session(farm: Farm, keyboard: int, typed: bytes) -> tuple[int, bytes]:
    """What a shell on the farm's head ends with, and prints, where this is typed."""
    printed = bytearray()

    def read() -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            while b"over" not in printed:
                printed.extend(os.read(keyboard, 4096))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()

    async def type_in() -> None:
        while termios.tcgetattr(shell.TERMINAL)[3] & termios.ICANON:  # what was typed before is thrown away
            await asyncio.sleep(0.001)
        os.write(keyboard, typed)

    async def run() -> int:
        typing = asyncio.ensure_future(type_in())
        async with asyncio.timeout(SECONDS):
            code = await open_shell(farm.fleet(), farm.fleet().head)
        await typing
        return code

    code = asyncio.run(run())
    reading.join(SECONDS)
    return code, bytes(printed)


def test_what_is_typed_reaches_the_machine_and_its_answer_the_terminal(farm: Farm, keyboard: int) -> None:
    farm.add_many("head")
    code, printed = session(farm, keyboard, b"echo $((6*7)) o''ver; exit 5\n")
    assert (code, b"42 over" in printed) == (5, True)


def test_the_terminal_is_as_it_was_afterwards(farm: Farm, keyboard: int) -> None:
    farm.add_many("head")
    before = termios.tcgetattr(shell.TERMINAL)
    session(farm, keyboard, b"echo o''ver; exit\n")
    assert termios.tcgetattr(shell.TERMINAL) == before
