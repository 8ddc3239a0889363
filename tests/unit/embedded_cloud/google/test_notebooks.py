"""The notebook proxy, where machines have a Jupyter of their own."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.admin import Admin
from embedded_cloud.conditions import ConditionsFile
from embedded_cloud.exchange import Request
from embedded_cloud.google.call import Context
from embedded_cloud.google.conditions import KEYS, GoogleConditions
from embedded_cloud.google.machines.reconcile import Reconciler
from embedded_cloud.google.notebooks import Notebooks
from embedded_cloud.google.operations import Operations
from embedded_cloud.google.service import answer
from embedded_cloud.lifetime import Lifetime
from embedded_cloud.scenario import Scenario
from embedded_cloud.store import Store
from tests.unit.embedded_cloud.asked_cloud import COMPUTE, GLOBAL, ZONE, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from embedded_cloud.machines.base import Instance


class Jupyter(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "token": self.headers.get("Authorization")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Real:
    """Machines whose notebook is a server of this test's."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.removed: list[str] = []

    def boot(self, instance: Instance) -> str:
        return "10.9.8.7"

    def remove(self, instance: Instance) -> None:
        self.removed.append(instance.name)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        return "127.0.0.1", self.port

    def loopback(self, instance: Instance) -> str | None:
        return f"http://127.0.0.1:{self.port}"

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        return ("nvidia-smi",)

    def close(self) -> None:
        pass


class OnlyGroups:
    """As much of a cloud as has instance groups."""

    def __init__(self, groups: Reconciler, machines: Real) -> None:
        self.groups = groups
        self.machines = machines

    def instances(self) -> list[tuple[Instance, str]]:
        return [(instance, body["status"]) for instance, body in self.groups.all_instances()]


@pytest.fixture
def jupyter() -> Iterator[ThreadingHTTPServer]:
    """Bound, but not answering yet."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Jupyter)
    yield server
    server.server_close()


def test_an_address_is_registered_once_the_notebook_answers_and_leads_to_it(
    tmp_path: Path, jupyter: ThreadingHTTPServer
) -> None:
    store, scenario = Store(tmp_path), Scenario(tmp_path / "scenario.json")
    machines = Real(jupyter.server_port)
    conditions = GoogleConditions(ConditionsFile(tmp_path / "conditions.json", KEYS))
    groups = Reconciler(store, machines, scenario, conditions)
    context = Context(store, Operations(store), groups, conditions, scenario)

    def ask(method: str, target: str, body: object = None) -> None:
        raw = json.dumps(body).encode() if body else b""
        got = answer(context, Request.of(method, COMPUTE, target, {}, raw))
        if got.settle is not None:
            got.settle()

    metadata = {"items": [{"key": "proxy-mode", "value": "project_editors"}]}
    properties = {"machineType": "n1-standard-1", "networkInterfaces": [{}], "metadata": metadata}
    ask("POST", f"{GLOBAL}/instanceTemplates", {"name": "t", "properties": properties})
    template = [{"instanceTemplate": "global/instanceTemplates/t"}]
    ask("POST", f"{ZONE}/instanceGroupManagers", {"name": "g", "targetSize": 1, "versions": template})
    admin = Admin(store, (OnlyGroups(groups, machines),), Lifetime(None), lambda: ([], []))  # type: ignore[arg-type]
    until(lambda: [each for each in admin.instances() if each["status"] == "RUNNING"])
    assert admin.instances()[0]["notebook"] == ""

    threading.Thread(target=jupyter.serve_forever, args=(0.01,), daemon=True).start()
    told = until(lambda: [each for each in admin.instances() if each["notebook"]])[0]
    assert told["loopback"] == f"http://127.0.0.1:{jupyter.server_port}"
    assert told["recorded"] == ["nvidia-smi"]
    asked = Request.of("GET", told["notebook"], "/api/kernels?a=b%20c", {"authorization": "token x"}, b"")
    got = json.loads(Notebooks(groups, machines).answer(asked).body)
    assert got == {"path": "/api/kernels?a=b+c", "token": "token x"}

    ask("DELETE", f"{ZONE}/instanceGroupManagers/g")
    assert machines.removed == [told["name"]]
    jupyter.shutdown()
    groups.stop()
    store.close()
