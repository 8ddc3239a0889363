"""The host names of the notebook proxy. Each leads to one machine's Jupyter, as with Google's inverting proxy."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.google.machines.reconcile import Reconciler
    from embedded_cloud.machines.base import Instance, Machines

SUFFIX = ".notebooks.googleusercontent.com"
JUPYTER_VERSION = "2.21.1"
TIMEOUT_SECONDS = 30
NOT_FORWARDED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection", "host"}
)


class Notebooks:
    """Answers for `<id>-dot-<region>.notebooks.googleusercontent.com`."""

    def __init__(self, groups: Reconciler, machines: Machines) -> None:
        self._groups = groups
        self._machines = machines

    def answer(self, request: Request) -> Answer:
        instance = self._instance(request.host)
        if instance is None:
            return Answer.text("rehearsal: no machine has registered this notebook address\n", 404)
        at = self._machines.notebook(instance)
        return _made_up(request, instance) if at is None else _forwarded(request, at)

    def _instance(self, host: str) -> Instance | None:
        each = (instance for instance, _ in self._groups.all_instances())
        return next((instance for instance in each if instance.metadata.get("proxy-url") == host), None)


def _made_up(request: Request, instance: Instance) -> Answer:
    if request.path.rstrip("/") == "/api":
        return Answer.json({"version": JUPYTER_VERSION})
    if request.path in ("/", "/lab", "/tree"):
        text = (
            "<!doctype html><title>Rehearsal</title>"
            f"<h1>{instance.name}</h1><p>This machine is made up: REHEARSE=plan plays the cloud without any machine."
            " REHEARSE=yes boots one as a container, with its Jupyter behind this address.</p>"
        )
        return Answer.text(text, kind="text/html; charset=utf-8")
    return Answer.json({"message": "Not Found", "reason": None}, 404)


def _forwarded(request: Request, at: tuple[str, int]) -> Answer:
    query = urlencode(request.query, doseq=True)
    headers = {name: value for name, value in request.headers.items() if name not in NOT_FORWARDED}
    connection = http.client.HTTPConnection(*at, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(request.method, request.path + (f"?{query}" if query else ""), request.body, headers)
        got = connection.getresponse()
        body = got.read()
    except (OSError, http.client.HTTPException) as error:
        return Answer.text(f"rehearsal: the machine's notebook doesn't answer: {error}\n", 502)
    finally:
        connection.close()
    return Answer(got.status, body, tuple((n, v) for n, v in got.getheaders() if n.lower() not in NOT_FORWARDED))
