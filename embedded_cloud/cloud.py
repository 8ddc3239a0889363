"""The embedded cloud's process: `python -m embedded_cloud.cloud --folder DIR`.

One for each DIR, which holds its store, its certificates, its log, and once it is up `cloud.json` ({"pid", "port",
"ca", "credentials", "login_key"}). Ends on SIGTERM or SIGINT; with --until unused when the last run has let go of it;
with --until empty when, besides, nothing is left in it, and then its container and networks go with it.
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
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embedded_cloud.admin import Admin, leftovers
from embedded_cloud.authority import Authority
from embedded_cloud.azure.cloud import NOWHERE, AzureCloud
from embedded_cloud.azure.conditions import KEYS as AZURE_KEYS
from embedded_cloud.conditions import SHARED, Conditions, ConditionsFile
from embedded_cloud.door import ADMIN_HOST, Door
from embedded_cloud.existing.cloud import ExistingMachines
from embedded_cloud.existing.conditions import KEYS as EXISTING_KEYS
from embedded_cloud.existing.login_key import write_login_key
from embedded_cloud.existing.packages import HOST as PACKAGES_HOST
from embedded_cloud.failure import Refused
from embedded_cloud.google.cloud import GoogleCloud
from embedded_cloud.google.conditions import KEYS as GOOGLE_KEYS
from embedded_cloud.google.credentials import write_credentials
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.lifetime import Lifetime
from embedded_cloud.scenario import Scenario
from embedded_cloud.store import Store

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from embedded_cloud.base import OneCloud
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.existing.conditions import ExistingConditions
    from embedded_cloud.existing.machines.base import Servers
    from embedded_cloud.machines.base import Machines
    from embedded_cloud.machines.node_network import NodeNetwork
    from embedded_cloud.machines.platform import Platform
    from embedded_cloud.scenario import Rule

LOCK_SECONDS = 10.0


class Cloud:
    """Everything behind the door."""

    def __init__(self, folder: Path, machines: str, authority: Authority, until: str = "stopped") -> None:
        self._log = (folder / "cloud.log").open("a", buffering=1)
        self._store = Store(folder)
        self.lifetime = Lifetime(self._idle(until), lambda: until == "unused" and self._azure.writes_at_the_end)
        self._scenario = Scenario(folder / "scenario.json")
        conditions = ConditionsFile(folder / "conditions.json", SHARED | GOOGLE_KEYS | AZURE_KEYS | EXISTING_KEYS)
        self._network = _node_network(authority) if machines == "containers" else None
        booted = _booted(self._network, conditions) if self._network else None
        outside = self._network.outside() if self._network else NOWHERE
        self._google = GoogleCloud(self._store, self._scenario, conditions, booted)
        self._azure = AzureCloud(self._store, self._scenario, conditions, booted, outside)
        self._existing = ExistingMachines(self._store, self._scenario, conditions, self._servers(folder))
        self._clouds: tuple[OneCloud, ...] = (self._google, self._azure, self._existing)
        self._admin = Admin(self._store, self._clouds, self.lifetime, self._existing.remove_unused)
        for cloud in self._clouds:
            cloud.start()

    def knows(self, host: str) -> bool:
        return host == ADMIN_HOST or any(cloud.knows(host) for cloud in self._clouds)

    def answers_plainly(self, host: str) -> bool:
        """Whether it is answered without TLS, which the clouds' own hosts aren't."""
        return host == PACKAGES_HOST

    def answer(self, request: Request) -> Answer:
        began = time.monotonic()
        answer = self._answer(request)
        took = (time.monotonic() - began) * 1000
        self._note(f"{answer.status} {request.method} {request.host}{request.path} {took:.1f} ms\n")
        return answer

    def upgrade(self, request: Request, head: bytes, client: socket.socket) -> Answer | None:
        """Serve a request to open a WebSocket until that ends; returns the answer where none is opened."""
        served = self._google.upgraded(request.host) or self._azure.upgraded(request.host)
        scripted = self._scripted(request)
        if served is None or scripted is not None:
            return scripted or not_emulated(f"a WebSocket of {request.host}").answer()
        self._note(f"101 {request.method} {request.host}{request.path}\n")
        served(request, head, client)
        return None

    def connection(self, host: str, port: int) -> socket.socket | None:
        """A connection to the machine that a client means; None where it means none. Raises OSError."""
        return self._existing.connection(host, port)

    def close(self) -> None:
        for cloud in self._clouds:
            cloud.stop()
        if self._network is not None:
            self._network.close()
        self._store.close()
        self._log.close()

    def _note(self, line: str) -> None:
        with contextlib.suppress(ValueError):  # closed: the cloud is about to end
            self._log.write(line)

    def _idle(self, until: str) -> Callable[[], bool] | None:
        return {"unused": lambda: True, "empty": self._is_empty}.get(until)

    def _servers(self, folder: Path) -> Callable[[ExistingConditions], Servers]:
        """What makes the machines that exist already."""
        if (network := self._network) is None:
            from embedded_cloud.existing.machines.played import Played

            return lambda conditions: Played(conditions, folder / "machines", self._scenario)
        from embedded_cloud.existing.machines.booted import Booted

        return lambda conditions: Booted(network, conditions)

    def _is_empty(self) -> bool:
        return not leftovers(self._store) and not self._existing.leftovers()

    def _scripted(self, request: Request) -> Answer | None:
        rule = self._rule(request)
        return rule.apply() if rule is not None else None

    def _rule(self, request: Request) -> Rule | None:
        pairs = [f"{name}={value}" for name, values in request.query.items() for value in values]
        target = request.path + ("?" + "&".join(pairs) if pairs else "")
        return self._scenario.rule_for(request.method, request.host, target)

    def _answer(self, request: Request) -> Answer:
        rule = self._rule(request)
        scripted = rule.apply() if rule is not None else None
        if scripted is None:
            return self._own_answer(request)
        if rule is not None and rule.after:
            return replace(scripted, settle=self._own_answer(request).settle)
        return scripted

    def _own_answer(self, request: Request) -> Answer:
        try:
            return self._handler(request.host)(request)
        except Refused as refused:
            return refused.answer()
        except Exception as error:  # a defect here must not look like a network that fails
            self._note(f"defect: {request.method} {request.host}{request.path}\n{traceback.format_exc()}")
            return ApiError(500, "internalError", f"defect of the embedded cloud: {error!r}").answer()

    def _handler(self, host: str) -> Callable[[Request], Answer]:
        if host == ADMIN_HOST:
            return self._admin.answer
        for cloud in self._clouds:
            if (handler := cloud.handler(host)) is not None:
                return handler
        raise not_emulated(f"the host {host}")


def _node_network(authority: Authority) -> NodeNetwork:
    from embedded_cloud.machines.node_network import NodeNetwork

    return NodeNetwork(authority.ca_file)


def _booted(network: NodeNetwork, conditions: ConditionsFile) -> Callable[[Platform], Machines]:
    """What makes one cloud's machines, which boot as containers in the network."""
    from embedded_cloud.machines.containers import Containers

    return lambda platform: Containers(network, platform, Conditions(conditions))


def serve(folder: Path, machines: str, listen: str, port: int, until: str) -> int:
    """Run the cloud until it is told to stop; the process's exit status."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "lock").open("w")
    if not _taken(lock.fileno()):
        print(f"rehearsal: another embedded cloud uses {folder}", file=sys.stderr)
        return 3
    authority = Authority(folder)
    credentials, login_key = write_credentials(folder), write_login_key(folder)
    cloud = Cloud(folder, machines, authority, until)
    door = Door((listen, port), authority, cloud)
    for number in (signal.SIGTERM, signal.SIGINT):
        # On a thread: the handler interrupts the very wait that it ends.
        signal.signal(number, lambda *_: threading.Thread(target=cloud.lifetime.stop).start())
    threading.Thread(target=door.serve_forever, args=(0.1,), daemon=True).start()
    up = {"pid": os.getpid(), "port": door.server_port, "ca": str(authority.ca_file)}
    up |= {"credentials": str(credentials), "login_key": str(login_key)}
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
    parser.add_argument(
        "--until", choices=("stopped", "unused", "empty"), default="stopped", help="when it ends by itself"
    )
    options = parser.parse_args(given)
    os.umask(0o077)  # its folder may be one of the user's own, that others can look into
    return serve(options.folder, options.machines, options.listen, options.port, options.until)


if __name__ == "__main__":
    sys.exit(main())
