"""The embedded cloud's process: `python -m embedded_cloud.cloud --folder DIR`.

One for each DIR, which holds its store, its certificates, its log, and once it is up `cloud.json` ({"pid", "port",
"ca", "credentials"}). Ends on SIGTERM or SIGINT; with --until unused when the last run has let go of it; with
--until empty when, besides, nothing is left in it, and then its container and networks go with it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from embedded_cloud.admin import Admin, leftovers
from embedded_cloud.authority import Authority
from embedded_cloud.azure.cloud import AzureCloud
from embedded_cloud.azure.conditions import KEYS as AZURE_KEYS
from embedded_cloud.azure.conditions import AzureConditions
from embedded_cloud.azure.machines.played import PlayedAzure
from embedded_cloud.azure.storage.blob import SUFFIX as BLOBS
from embedded_cloud.azure.storage.blob import Blobs
from embedded_cloud.conditions import SHARED, ConditionsFile
from embedded_cloud.door import ADMIN_HOST, Door
from embedded_cloud.failure import Refused
from embedded_cloud.google import packages, tokens
from embedded_cloud.google import service as google
from embedded_cloud.google.call import Context
from embedded_cloud.google.conditions import KEYS as GOOGLE_KEYS
from embedded_cloud.google.conditions import GoogleConditions
from embedded_cloud.google.container import control_plane
from embedded_cloud.google.credentials import write_credentials
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.google.machines.dispatch import by_cloud, partly_played
from embedded_cloud.google.machines.played import Played
from embedded_cloud.google.machines.reconcile import Reconciler
from embedded_cloud.google.notebooks import SUFFIX as NOTEBOOKS
from embedded_cloud.google.notebooks import Notebooks
from embedded_cloud.google.operations import Operations
from embedded_cloud.google.storage import xml
from embedded_cloud.google.storage.service import Storage
from embedded_cloud.lifetime import Lifetime
from embedded_cloud.scenario import Scenario
from embedded_cloud.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Machines

STORAGE_HOST = "storage.googleapis.com"
LOCK_SECONDS = 10.0
LOGIN_REQUIRED = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid"
    " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class Cloud:
    """Everything behind the door."""

    def __init__(self, folder: Path, machines: str, authority: Authority, until: str = "told") -> None:
        self._log = (folder / "cloud.log").open("a", buffering=1)
        self._store = Store(folder)
        self.lifetime = Lifetime(self._idle(until))
        self._scenario = Scenario(folder / "scenario.json")
        file = ConditionsFile(folder / "conditions.json", SHARED | GOOGLE_KEYS | AZURE_KEYS)
        conditions, azure_conditions = GoogleConditions(file), AzureConditions(file)
        blobs = Blobs(self._store)
        google_played = Played(self._store, self._scenario)
        azure_played = PlayedAzure(self._store, self._scenario, azure_conditions, blobs)
        self._machines: Machines = by_cloud(google_played, azure_played)
        outside = azure_played.outside()
        if machines == "containers":
            from embedded_cloud.machines.containers import Containers

            booted = Containers(authority.ca_file, conditions)
            self._machines, outside = partly_played(booted, self._machines), booted.outside()
        self._groups = Reconciler(self._store, self._machines, self._scenario, conditions)
        self._context = Context(self._store, Operations(self._store), self._groups, conditions, self._scenario)
        self._azure = AzureCloud(self._store, self._machines, self._scenario, azure_conditions, blobs, outside)
        kept = (self._groups, self._azure.scale_sets)
        self._admin = Admin(self._store, kept, self._machines, self.lifetime, blobs)
        self._storage = Storage(self._store)
        self._notebooks = Notebooks(self._groups, self._machines)
        self._hosts: dict[str, Callable[[Request], Answer]] = {
            ADMIN_HOST: self._admin.answer,
            STORAGE_HOST: self._signed_in(self._storage.answer),
            "www.googleapis.com": self._www,
            "oauth2.googleapis.com": tokens.oauth2,
            "sts.googleapis.com": tokens.sts,
            "iamcredentials.googleapis.com": tokens.iam_credentials,
            "openidconnect.googleapis.com": tokens.userinfo,
            **dict.fromkeys(packages.HOSTS, packages.answer),
            **self._azure.hosts,
        }
        self._suffixes: dict[str, Callable[[Request], Answer]] = {
            NOTEBOOKS: self._notebooks.answer,
            control_plane.SUFFIX: lambda request: control_plane.answer(self._context, request),
            BLOBS: blobs.answer,
        }
        for host in google.APIS:
            self._hosts.setdefault(host, self._signed_in(lambda request: google.answer(self._context, request)))
        self._groups.start()
        self._azure.start()

    def knows(self, host: str) -> bool:
        others = (".googleapis.com", NOTEBOOKS, control_plane.SUFFIX)
        return host in self._hosts or host.endswith(others) or self._azure.knows(host)

    def answer(self, request: Request) -> Answer:
        began = time.monotonic()
        answer = self._answer(request)
        took = (time.monotonic() - began) * 1000
        self._note(f"{answer.status} {request.method} {request.host}{request.path} {took:.1f} ms\n")
        return answer

    def close(self) -> None:
        self._azure.stop()
        self._groups.stop()
        self._azure.blobs.close()  # after the machines, any of which would start it anew
        self._store.close()
        self._log.close()

    def _note(self, line: str) -> None:
        with contextlib.suppress(ValueError):  # closed: the cloud is about to end
            self._log.write(line)

    def _idle(self, until: str) -> Callable[[], bool] | None:
        return {"unused": lambda: True, "empty": lambda: not leftovers(self._store)}.get(until)

    def _answer(self, request: Request) -> Answer:
        pairs = [f"{name}={value}" for name, values in request.query.items() for value in values]
        target = request.path + ("?" + "&".join(pairs) if pairs else "")
        told = self._scenario.apply(request.method, request.host, target)
        if told is not None:
            return told
        try:
            for suffix, others in self._suffixes.items():
                if request.host.endswith(suffix):
                    return others(request)
            if request.host not in self._hosts:
                raise not_emulated(f"the host {request.host}")
            return self._hosts[request.host](request)
        except Refused as refused:
            return refused.answer()
        except Exception as error:  # a defect here must not look like a network that fails
            self._note(f"defect: {request.method} {request.host}{request.path}\n{traceback.format_exc()}")
            return ApiError(500, "internalError", f"defect of the embedded cloud: {error!r}").answer()

    def _www(self, request: Request) -> Answer:
        """www.googleapis.com: what the APIs' own hosts answer too."""
        first = request.segments[0]
        if first == "oauth2":
            return tokens.userinfo(request)
        if first in ("storage", "upload", "download", "batch"):
            return self._signed_in(self._storage.answer)(request)
        return self._signed_in(lambda asked: google.answer(self._context, asked))(request)

    def _signed_in(self, answer: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        """Refuse who brings no credentials at all; any token will do."""

        def checked(request: Request) -> Answer:
            if request.headers.get("authorization") or request.one("access_token"):
                return answer(request)
            refused = ApiError(401, "required", LOGIN_REQUIRED, location="Authorization", locationType="header")
            first = request.segments[0]
            if request.host == STORAGE_HOST and first not in ("storage", "upload", "download", "batch"):
                return xml.refusal(refused)
            return refused.answer()

        return checked


def serve(folder: Path, machines: str, listen: str, port: int, until: str) -> int:
    """Run the cloud until it is told to stop; the process's exit status."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "lock").open("w")
    if not _taken(lock.fileno()):
        print(f"rehearsal: another embedded cloud uses {folder}", file=sys.stderr)
        return 3
    authority = Authority(folder)
    credentials = write_credentials(folder)
    cloud = Cloud(folder, machines, authority, until)
    door = Door((listen, port), authority, cloud)
    for number in (signal.SIGTERM, signal.SIGINT):
        # On a thread: the handler interrupts the very wait that it ends.
        signal.signal(number, lambda *_: threading.Thread(target=cloud.lifetime.stop).start())
    threading.Thread(target=door.serve_forever, args=(0.1,), daemon=True).start()
    up = {"pid": os.getpid(), "port": door.server_port, "ca": str(authority.ca_file), "credentials": str(credentials)}
    _write_whole(folder / "cloud.json", json.dumps(up))
    threading.Thread(target=_read_ahead, daemon=True).start()
    unneeded = cloud.lifetime.wait()
    (folder / "cloud.json").unlink(missing_ok=True)
    door.shutdown()
    cloud.close()
    if unneeded and machines == "containers":
        from embedded_cloud.engine.end import remove_all

        remove_all()
    return 0


def _taken(lock: int) -> bool:
    """Take the folder's lock; wait a little for one who is about to let go."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)


def _write_whole(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(text)
    part.replace(file)


def _read_ahead() -> None:
    """Read the large documents before they are asked for."""
    from embedded_cloud.google import discovery

    for name in ("storage.v1", "compute.v1", "iam.v1"):
        discovery.api(name)


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="embedded_cloud.cloud", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="holds the store, the certificates, the log")
    parser.add_argument("--machines", choices=("played", "containers"), default="played")
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one, written to cloud.json")
    parser.add_argument("--until", choices=("told", "unused", "empty"), default="told", help="when it ends by itself")
    options = parser.parse_args(given)
    os.umask(0o077)  # its folder may be one of the user's own, that others can look into
    return serve(options.folder, options.machines, options.listen, options.port, options.until)


if __name__ == "__main__":
    sys.exit(main())
