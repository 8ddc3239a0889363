"""Real SSH servers on loopback addresses, a home folder each, that run real commands; the head's forwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncssh

from cluster_provision.fleet.model import Endpoint, Fleet, Host, Keys

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

USER = "azureuser"


@dataclass
class Machine:
    """One server. `deaf` accepts connections and never says a word; `forwarded` counts what went through it."""

    name: str
    home: Path
    address: str
    deaf: bool = False
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    port: int = 0
    forwarded: list[tuple[str, int]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    listener: Any = None

    @property
    def host(self) -> Host:
        """As its record would have it."""
        return Host(self.name, self.address, (self.key.export_public_key().decode().strip(),), self.port)

    @property
    def authorized(self) -> Path:
        return self.home / ".ssh" / "authorized_keys"


class _Server(asyncssh.SSHServer):
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        lines = self.machine.authorized.read_text().splitlines() if self.machine.authorized.is_file() else []
        known = {" ".join(line.split()[:2]) for line in lines}
        taken = username == USER and " ".join(key.export_public_key().decode().split()[:2]) in known
        self.machine.logins.append(f"{username} {'in' if taken else 'refused'}")
        return taken

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        self.machine.forwarded.append((dest_host, dest_port))
        return True


class Farm:
    """Machines in a loop of their own. Their programs are found in `bin` first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.machines: list[Machine] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")

    def add(self, name: str, *, deaf: bool = False) -> Machine:
        """A machine that runs, and lets the user's key in."""
        number = len(self.machines)
        machine = Machine(name, self.folder / name, f"127.0.1.{number + 1}", deaf)
        (machine.home / ".ssh").mkdir(parents=True)
        machine.authorized.write_bytes(self.user_key.export_public_key())
        self.machines.append(machine)
        self.start(machine)
        return machine

    def add_many(self, *names: str) -> list[Machine]:
        return [self.add(name) for name in names]

    def start(self, machine: Machine) -> None:
        self.do(self._listen(machine))

    def stop(self, machine: Machine) -> None:
        """Nobody listens there any more."""

        async def close() -> None:
            machine.listener.close()

        self.do(close())

    def cut(self, machine: Machine) -> None:
        """Every connection to it breaks, and none comes after."""

        async def close() -> None:
            machine.listener.close()
            for connection in list(_connections.get(id(machine), ())):
                connection.abort()

        self.do(close())

    def program(self, name: str, text: str) -> None:
        """A program that the machines have."""
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def fleet(self, *machines: Machine, keys: Keys | None = None, size: str = "") -> Fleet:
        """The machines as a fleet, the first being the head."""
        chosen = machines or tuple(self.machines)
        hosts = tuple(m.host for m in chosen)
        own = Keys(private=self.user_key.export_private_key("openssh"))
        return Fleet(hosts[0], hosts, Endpoint(chosen[0].address, chosen[0].port), USER, keys or own, size)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self) -> None:
        for machine in self.machines:
            self.cut(machine)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def _listen(self, machine: Machine) -> None:
        if machine.deaf:
            machine.listener = await asyncio.start_server(_say_nothing, machine.address, machine.port)
            machine.port = machine.listener.sockets[0].getsockname()[1]
            return

        def made() -> _Server:
            return _Server(machine)

        machine.listener = await asyncssh.listen(
            machine.address,
            machine.port,
            server_factory=made,
            server_host_keys=[machine.key],
            process_factory=lambda process: self._run(machine, process),
            encoding=None,
            config=None,
            acceptor=lambda connection: _connections.setdefault(id(machine), []).append(connection),
        )
        machine.port = machine.listener.get_port()

    async def _run(self, machine: Machine, process: asyncssh.SSHServerProcess[bytes]) -> None:
        environment = {
            "HOME": str(machine.home),
            "USER": USER,
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "NODE_NAME": machine.name,
            "SSH_CONNECTION": f"127.0.0.1 40000 {machine.address} {machine.port}",
        }
        child = await asyncio.create_subprocess_shell(
            process.command or "sh",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=machine.home,
            env=environment,
            start_new_session=True,
        )
        reading = asyncio.create_task(_feed(process, child))
        await asyncio.gather(_drain(child.stdout, process.stdout), _drain(child.stderr, process.stderr))
        code = await child.wait()
        reading.cancel()
        if code < 0:
            process.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
        else:
            process.exit(code)


_connections: dict[int, list[Any]] = {}


async def _feed(process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process) -> None:
    """As sshd does it: input to the child, signals to all that it started."""
    assert child.stdin is not None
    while True:
        try:
            data = await process.stdin.read(65536)
        except asyncssh.SignalReceived as received:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, getattr(signal, f"SIG{received.signal}"))
            continue
        except (asyncssh.Error, ConnectionError):
            return
        if not data:
            child.stdin.close()
            if process.stdin.at_eof():
                await asyncio.sleep(0.05)
            continue
        with contextlib.suppress(ConnectionError):
            child.stdin.write(data)
            await child.stdin.drain()


async def _drain(source: asyncio.StreamReader | None, sink: Any) -> None:
    assert source is not None
    while data := await source.read(65536):
        try:
            sink.write(data)
            await sink.drain()
        except (asyncssh.Error, ConnectionError):
            return


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        await reader.read()


@contextlib.contextmanager
def farm_in(folder: Path) -> Iterator[Farm]:
    """A farm for as long as the block lasts."""
    farm = Farm(folder)
    try:
        yield farm
    finally:
        farm.close()
