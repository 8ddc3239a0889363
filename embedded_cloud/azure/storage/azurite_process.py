"""Azurite, Microsoft's emulator of Blob storage, as a process of the embedded cloud's own: started when first needed.

`scripts/azurite.sh` installs it, and a Node.js to run it, into one folder; the image has that folder too.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import subprocess
import threading
from pathlib import Path

from embedded_cloud.errors import CloudError

HERE = Path(__file__).parent / "azurite"
PROJECT = Path(__file__).parents[3]
FOLDERS = (PROJECT / ".cache" / "azurite", Path("/opt/azurite"))
END_SECONDS = 10.0


def installed() -> Path | None:
    """The folder that holds bin/node and node_modules/azurite; None where there is none."""
    whole = (each for each in FOLDERS if (each / "bin/node").exists() and (each / "node_modules/azurite").is_dir())
    return next(whole, None)


def require_azurite() -> Path:
    """The folder of Azurite. Raises CloudError where it isn't installed."""
    found = installed()
    if found is None:
        raise CloudError(
            "this installation can't rehearse on Azure: it has no Azurite, which keeps the blobs",
            "In a checkout, scripts/azurite.sh installs it from npm; the image whose tag ends in -rehearsal has it.",
        )
    return found


class Azurite:
    """One process for all storage accounts, whose blobs lie in `folder`; `seed` makes the accounts' keys."""

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder = folder
        self._seed = seed
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self._lock = threading.Lock()

    def port(self) -> int:
        """Where it listens on 127.0.0.1, once it does: the first call starts it (0.7 s). Raises CloudError."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._port

    @property
    def is_running(self) -> bool:
        """Whether it was started, and may hold what only its end writes."""
        return self._process is not None

    def key(self, account: str, number: int = 1) -> str:
        """One of an account's two keys, as Azure writes it."""
        digest = hmac.new(self._seed.encode(), f"{account} {number}".encode(), hashlib.sha512).digest()
        return base64.b64encode(digest).decode()

    def close(self) -> None:
        """End the process, which saves its blobs."""
        with self._lock:
            if self._process is None:
                return
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                if self._process.stdin is not None:
                    self._process.stdin.close()
                self._process.wait(END_SECONDS)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def _start(self) -> None:
        found = require_azurite()
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [str(found / "bin/node"), str(HERE / "serve.js"), str(found / "node_modules")]
        with (self._folder / "azurite.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._folder), self._seed],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is for the run, which still needs it
            )
        assert self._process.stdout is not None  # noqa: S101
        told = self._process.stdout.readline().strip()
        if not told.isdigit():
            raise CloudError(f"Azurite did not start: see {self._folder / 'azurite.log'}")
        self._port = int(told)
