"""Python processes that are there at once: forks of one that has imported already what they are about to.

Most of what a short run of the tool takes of a processor is imports; the embedded cloud and the stand-in provider,
which Terraform starts four times a command, are no different. So a test process keeps one more process, the stem: it
has imported everything, does nothing, has one thread, and forks itself for every command that it is asked to run. The
fork has its own pid, environment, working folder and streams, and runs what the command says, as `__main__`.

What it can't show is how a process starts, nor how signals and terminals reach one: tests of those use subprocess.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT = Path(__file__).resolve().parents[1]
# What the stem's imports, or the interpreter, read when they start: who sets one gets a process from the beginning.
READ_AT_THE_START = (
    "API_",
    "ENABLE_GCS",
    "GOOGLE_API_",
    "GRPC_",
    "LANG",
    "LC_",
    "OTEL_",
    "PYTHON",
    "STORAGE_",
)

# The stand-in's launcher runs this where it lies beside what it serves (standin/install.py): it has the stem fork the
# provider, and ends when that does. Only built-in modules, so that it is there in 10 ms. Terraform killed outright says
# no farewell, and this process then has another parent.
LAUNCHER = """\
import _socket, marshal, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
terraform, stem = os.getppid(), _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
try:
    stem.connect({address!r})
except OSError:
    os.execve({command!r}[0], {command!r}, dict(os.environ, PYTHONPATH={project!r}, PYTHONDONTWRITEBYTECODE=""))
asked = dict(argv={command!r}[1:], env=dict(os.environ), cwd=os.getcwd(), session=False, dies=True)
streams = b"".join(each.to_bytes(4, sys.byteorder) for each in range(3))
stem.sendmsg([marshal.dumps(asked)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
for each in range(3):
    os.close(each)
stem.settimeout(0.5)
while os.getppid() == terraform:
    try:
        told = stem.recv(64)
    except TimeoutError:
        continue
    if not told or told[:1] == b"e":
        os._exit(int(told[1:] or b"1") & 255)
"""


class Stem:
    """The client's side: a process that forks, for as long as this one lives."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="stem")
        self.address = f"{self._folder.name}/s"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(self.address)
        listener.listen(64)
        with listener:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.stem", str(listener.fileno()), f"{self._folder.name}/azurite"],
                cwd=PROJECT,
                env={"PATH": os.environ["PATH"], "HOME": self._folder.name},
                stdin=subprocess.PIPE,  # its end is the stem's
                pass_fds=(listener.fileno(),),
            )
        self._served: dict[str, Path] = {}
        self._azurite = _azurite(f"{self._folder.name}/azurite")

    def close(self) -> None:
        for process in (self._process, self._azurite):
            if process is not None:
                assert process.stdin is not None
                process.stdin.close()
                process.wait()
        self._folder.cleanup()

    def start(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: int | IO[Any] | None = None,
        stdout: int | IO[Any] | None = None,
        stderr: int | IO[Any] | None = None,
        start_new_session: bool = False,
    ) -> Forked:
        """What subprocess.Popen would start; `command` is Python's, and streams are DEVNULL or open files."""
        asked = {
            "argv": [str(each) for each in command[1:]],
            "env": dict(os.environ if env is None else env),
            "cwd": str(cwd or Path.cwd()),
            "session": start_new_session,
            "dies": False,
        }
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(self.address)
        with Path(os.devnull).open("r+b") as nothing:
            streams = [_number(each, own, nothing) for own, each in enumerate((stdin, stdout, stderr))]
            socket.send_fds(connection, [marshal.dumps(asked)], streams)
        return Forked(connection)

    def run(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        stdin: int | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """What subprocess.run gives, with `capture_output` and `text`."""
        if any(name.startswith(READ_AT_THE_START) for name in env):
            return subprocess.run(
                command, env=env, capture_output=True, text=True, check=False, stdin=stdin, timeout=timeout
            )
        ends = [os.pipe() for _ in range(2)]
        readers = [os.fdopen(read, "rb", 0) for read, _ in ends]
        try:
            with os.fdopen(ends[0][1], "wb", 0) as out, os.fdopen(ends[1][1], "wb", 0) as errors:
                forked = self.start(command, env=env, stdin=stdin, stdout=out, stderr=errors)
            try:
                said = _read(readers, timeout)
                code = forked.wait(timeout)
            except TimeoutError:
                forked.kill()
                raise subprocess.TimeoutExpired(command, timeout or 0) from None
        finally:
            for reader in readers:
                reader.close()
        return subprocess.CompletedProcess(command, code, *(each.decode() for each in said))

    def provide(self, folder: Path) -> None:
        """Put the stand-ins' parts where `install(folder, …)` finds them, compiled once for all folders, and forked."""
        from embedded_cloud.standin.install import VERSIONS, install

        if not self._served:
            own = Path(self._folder.name) / "providers"
            for provider in VERSIONS:
                install(own, provider)
            self._served = {each.name: each for each in own.glob("served-*")}
            serving = f"{install.__module__.rpartition('.')[0]}.serve"
            for served in self._served.values():
                command = [sys.executable, "-P", "-m", serving, str(served)]
                start = LAUNCHER.format(address=self.address, command=command, project=str(PROJECT))
                (served / "start.py").write_text(start)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, served in self._served.items():
            (folder / name).symlink_to(served)


def _azurite(address: str) -> subprocess.Popen[bytes] | None:
    """The process that has the clouds' Azurites; None where none is installed, whose lack a test then finds."""
    from embedded_cloud.azure.storage.azurite_process import HERE, installed

    if (found := installed()) is None:
        return None
    own = Path(__file__).with_name("warm_azurite.js")
    command = [found / "bin/node", own, HERE / "serve.js", found / "node_modules", address]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


class Forked:
    """A fork, as subprocess.Popen shows a process: `pid`, `poll`, `wait`, `kill`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.returncode: int | None = None
        self.pid = int(connection.recv(64)[1:])

    def poll(self) -> int | None:
        with contextlib.suppress(TimeoutError):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutError."""
        if self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise TimeoutError
            told = self._connection.recv(64)
            assert told, "the stem has ended"
            self.returncode = int(told[1:])
            self._connection.close()
        return self.returncode

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def _number(given: int | IO[Any] | None, own: int, nothing: IO[Any]) -> int:
    if given is None:
        return own
    if given == subprocess.DEVNULL:
        return nothing.fileno()
    return given if isinstance(given, int) else given.fileno()


def _read(readers: list[Any], timeout: float | None) -> list[bytes]:
    """All that comes from each, until the last writer has closed it. Raises TimeoutError."""
    said = dict.fromkeys(readers, b"")
    deadline = None if timeout is None else time.monotonic() + timeout
    with selectors.DefaultSelector() as open_ones:
        for reader in readers:
            open_ones.register(reader, selectors.EVENT_READ)
        while open_ones.get_map():
            ready = open_ones.select(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                more = os.read(key.fd, 1 << 16)
                said[key.fileobj] += more  # type: ignore[index]
                if not more:
                    open_ones.unregister(key.fileobj)
    return list(said.values())
