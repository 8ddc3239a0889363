"""The sshd of all machines that are played: each connection is to one of them, by its own host key."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncssh

from embedded_cloud.existing.played.commands import command_of
from embedded_cloud.existing.played.machine import TOOLS
from embedded_cloud.existing.played.workers import KILLED, ask, start

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from embedded_cloud.existing.machine import Machine

SUDO_REFUSES = b"sudo: a password is required\n"
NO_SHELL = b"rehearsal: recorded, not run: a played machine has no shell\n"
RECORDED = "root/var/log/cluster/recorded.jsonl"
AT_ONCE = (os.cpu_count() or 1) * 2  # processes; more of them only wait for each other
LOOP_SECONDS = 30.0
CHUNK = 64 * 1024


class Sessions:
    """A thread with an event loop, which serves what `take` hands over.

    `condition` is what is wrong with a machine of this name now; `cut` whether its connection breaks before a command.
    """

    def __init__(self, condition: Callable[[str], dict[str, Any]], cut: Callable[[str], bool]) -> None:
        self._condition = condition
        self._cut = cut
        self._workers = start()
        self._loop = asyncio.new_event_loop()
        self._running = asyncio.Semaphore(AT_ONCE)
        self._connections: set[asyncssh.SSHServerConnection] = set()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def take(self, connection: socket.socket, machine: Machine, host_key: str, folder: Path) -> None:
        """Serve a connection, whose other end the client has."""
        asyncio.run_coroutine_threadsafe(self._serve(connection, machine, host_key, folder), self._loop)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(LOOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._workers.close()

    async def _serve(self, connection: socket.socket, machine: Machine, host_key: str, folder: Path) -> None:
        async def handle(process: asyncssh.SSHServerProcess[bytes]) -> None:
            await self._handle(process, machine, folder)

        with suppress(OSError, asyncssh.Error):  # the client has gone
            served = await asyncssh.run_server(
                connection,
                config=None,
                server_factory=lambda: Door(machine, self._condition(machine.name)),
                server_host_keys=[asyncssh.import_private_key(host_key)],
                process_factory=handle,
                encoding=None,
            )
            self._connections.add(served)
            await served.wait_closed()
            self._connections.discard(served)

    async def _end(self) -> None:
        for each in self._connections:
            each.abort()

    async def _handle(self, process: asyncssh.SSHServerProcess[bytes], machine: Machine, folder: Path) -> None:
        if await asyncio.to_thread(self._cut, machine.name):
            process.channel.get_connection().abort()
            return
        condition = self._condition(machine.name)
        asked = command_of(process.command or "")
        refused = condition.get("sudo") is False or (machine.sudo_asks and not asked.asks)
        if asked.sudo and machine.user != "root" and refused:
            return _say(process, b"", SUDO_REFUSES, 1)
        if asked.is_shells:
            _note(folder)
            return _say(process, b"", NO_SHELL, 0)
        what = {"code": asked.code} if asked.code else {"words": asked.words}
        if asked.asks:
            await process.stdin.readline()
        environ = self._environ(machine, folder)
        async with self._running:
            status, out, err = await _ended(ask(self._workers, folder, what, environ), process.stdin)
        return _say(process, out, err, status)

    def _environ(self, machine: Machine, folder: Path) -> dict[str, str]:
        own = json.loads((folder / "machine.json").read_text(encoding="utf-8"))["address"]
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/root",
            "CLUSTER_PROVISION_ROOT": str(folder / "root"),
            "SSH_CONNECTION": f"{TOOLS} 50022 {own} {machine.port}",
        }


async def _ended(streams: tuple[socket.socket, ...], source: asyncssh.SSHReader[bytes]) -> tuple[int, bytes, bytes]:
    """The status and the output of a process, whose input is what the client sends for as long as it runs."""
    opened = [await asyncio.open_unix_connection(sock=each) for each in streams]
    feeding = asyncio.create_task(_feed(source, opened[0][1]))
    try:
        told, errors, status = await asyncio.gather(*(reader.read() for reader, _ in opened))
        return status[0] if status else KILLED, told, errors
    finally:
        feeding.cancel()
        for _, writer in opened:
            writer.close()


async def _feed(source: asyncssh.SSHReader[bytes], target: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncssh.Error):  # either side has gone
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
        target.write_eof()


class Door(asyncssh.SSHServer):
    """Who is let in: the user of the env file, with the machine's keys."""

    def __init__(self, machine: Machine, condition: dict[str, Any]) -> None:
        self._machine = machine
        self._closed = condition.get("accepts_keys") is False
        self._keys = {" ".join(key.split()[:2]) for key in machine.keys}

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        line = " ".join(key.export_public_key().decode().split()[:2])
        return username == self._machine.user and line in self._keys and not self._closed

    def password_auth_supported(self) -> bool:
        return bool(self._machine.password)

    def validate_password(self, username: str, password: str) -> bool:
        return username == self._machine.user


def _say(process: asyncssh.SSHServerProcess[bytes], out: bytes, err: bytes, status: int) -> None:
    with suppress(OSError, asyncssh.Error):  # the client has gone
        process.stdout.write(out)
        process.stderr.write(err)
        process.exit(status)


def _note(folder: Path) -> None:
    file = folder / RECORDED
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as record:
        record.write(json.dumps({"command": "sh"}) + "\n")
