"""The tool's own sessions, where a cloud is busy: asked again after as long as it says, and never for hours."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from urllib3.util import retry

from cluster_provision.clouds.azure.api import _session
from cluster_provision.clouds.gcp.credentials import authorized_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SESSIONS: dict[str, Callable[[], requests.Session]] = {
    "gcp": lambda: authorized_session(SimpleNamespace(credentials=None)),  # type: ignore[arg-type]
    "azure": _session,
}


@contextmanager
def busy(status: int, wish: str) -> Iterator[tuple[str, list[str]]]:
    """A server that is always busy, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if wish:
                self.send_header("Retry-After", wish)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x", asked
        server.shutdown()


@pytest.mark.parametrize(("wish", "seconds"), [("7", 7), ("21600", 60), ("", None)])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("cloud", SESSIONS)
def test_a_busy_cloud_is_asked_five_times_with_the_pauses_that_it_asks_for(
    monkeypatch: pytest.MonkeyPatch, cloud: str, status: int, wish: str, seconds: float | None
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(retry, "time", SimpleNamespace(sleep=slept.append, time=retry.time.time))
    session = SESSIONS[cloud]()
    adapter: Any = session.get_adapter("https://somewhere.example/")
    session.mount("http://", adapter)
    with busy(status, wish) as (url, asked):
        answer = requests.Session.request(session, "GET", url, timeout=5)
    assert (answer.status_code, len(asked)) == (status, 5)
    assert slept == [seconds] * 4 if seconds else sum(slept) < 10
