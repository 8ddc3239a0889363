"""An endpoint that does not answer is found out quickly and named."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cluster_provision.clouds import reachability
from cluster_provision.clouds.reachability import require_reachable
from cluster_provision.errors import Unreachable


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def test_an_error_is_an_answer_too() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        require_reachable(f"http://127.0.0.1:{server.server_port}/")


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(Unreachable, match=url):
            require_reachable(url)


def test_silence_is_unreachable_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "LIMIT_SECONDS", 0.1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Unreachable, match="does not answer"):
            require_reachable(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_proxy_that_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(Unreachable, match="proxy"):
        require_reachable("https://storage.googleapis.com/")
