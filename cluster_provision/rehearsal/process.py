"""The embedded cloud's process, as a run sees it: find a running one, or start one; hold it; let go."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.folder import ADVICE, writing_to
from embedded_cloud.door import ADMIN_HOST

LOOPBACK = "127.0.0.1"
START_SECONDS = 30.0
POLL_SECONDS = 0.01
EXPECT_SECONDS = 300.0
NOTICE_SECONDS = 20.0  # longer than the cloud keeps its last run (embedded_cloud/lifetime.py)


@dataclass(frozen=True)
class Up:
    """A running embedded cloud, with its door at `host` and `port`; it stays at least until `let_go`.

    `key` is the file of the private key that machines accept which exist already.
    """

    port: int
    ca: Path
    credentials: Path
    key: Path
    connection: socket.socket
    host: str = LOOPBACK

    @property
    def proxy_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, seconds: float = 30) -> dict[str, Any]:
        """Call the cloud's own host (admin.py), and wait so long for its answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, path, text, {"Host": ADMIN_HOST})
            answer = connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise MachineError(f"the rehearsal's cloud no longer answers at {self.proxy_url}: {error}") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise MachineError(f"the rehearsal's cloud refused {method} {path}: {raw.decode(errors='replace')}")
        return dict(json.loads(raw))

    def expect(self, named: dict[str, Any]) -> None:
        """Have there what an env file names; machines that exist boot for it."""
        self.ask("POST", "/expect", named, EXPECT_SECONDS)

    def let_go(self) -> None:
        """Let go, and return once the cloud has noticed. It ends by itself when the last run has let go.

        Then this waits until it has written everything: where the run is a container's first process, its end is that
        of the cloud.
        """
        with contextlib.suppress(OSError), self.connection:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(NOTICE_SECONDS)
            self.connection.recv(1)


def take_hold(folder: Path) -> Up:
    """Hold the cloud of `folder`, which is started if none runs. Raises MachineError."""
    started: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = _attach(folder)
        if found is not None:
            return found
        if started is None or started.poll() == 0:  # it has just ended, unused: start again
            started = _start(folder)
        elif started.poll() is not None:
            raise MachineError(f"the rehearsal's cloud did not start: {_last_words(folder)}", ADVICE)
        time.sleep(POLL_SECONDS)
    raise MachineError(f"the rehearsal's cloud did not start within {START_SECONDS:g} s: {_last_words(folder)}")


def hold(host: str, port: int) -> socket.socket | None:
    """Return a connection that keeps the cloud behind this door running; None if none answers."""
    try:
        connection = socket.create_connection((host, port), timeout=5)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        connection.sendall(f"GET /hold HTTP/1.1\r\nHost: {ADMIN_HOST}\r\n\r\n".encode())
        if connection.recv(1024).endswith(b"\r\n\r\nheld"):  # another program may use an old port
            connection.settimeout(None)
            return connection
    connection.close()
    return None


def _attach(folder: Path) -> Up | None:
    """Hold the cloud that `cloud.json` names, if it runs."""
    try:
        up = json.loads((folder / "cloud.json").read_text(encoding="utf-8"))
        connection = hold(LOOPBACK, int(up["port"]))
        ca, credentials, key = (Path(up[name]) for name in ("ca", "credentials", "login_key"))
        return Up(int(up["port"]), ca, credentials, key, connection) if connection else None
    except (OSError, ValueError, KeyError):
        return None


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "embedded_cloud.cloud", "--folder", str(folder), "--until", "unused"]
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = (folder / "start.log").open("wb")
    with log:
        # A session of its own: Ctrl-C is for the run, which still needs its cloud while it ends.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "start.log").read_text(errors="replace", encoding="utf-8").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it printed nothing"
