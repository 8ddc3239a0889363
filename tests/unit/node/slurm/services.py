"""A cloud's services on a port of this machine: metadata, objects, and whatever else a test answers."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from node.slurm_cloud.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Answer = tuple[int, Any]

TOKEN = {"access_token": "node-token", "expires_in": 3600}
GOOGLE = Place("gcp", "controller", "vega-ctl", "vega-ctl", "state", "clusters/vega")
AZURE = Place("azure", "controller", "vega-ctl", "vega-ctl", "tfstate", "clusters/vega", "account", "/the/identity")


@dataclass
class Services:
    """`answers` are by method and path, each a status and JSON or bytes, or a list of such that is used up but for its
    last; `headers` are more of theirs, by the same, and `hangs` those that have none; `asked` are the
    requests: method, path with query, headers in small letters, body."""

    port: int = 0
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    hangs: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self, method: str) -> list[str]:
        return [unquote(urlsplit(path).path) for its, path, _, _ in self.asked if its == method]

    def bodies(self, method: str) -> list[Any]:
        return [json.loads(body) for its, _, _, body in self.asked if its == method and body]

    def answer(self, method: str, target: str) -> Answer:
        path = unquote(urlsplit(target).path)
        found = self.answers.get(f"{method} {path}", (404, {"error": {"code": 404, "message": "not here"}}))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def running() -> Iterator[Services]:
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            services.asked.append((self.command, self.path, headers, body))
            if f"{self.command} {unquote(urlsplit(self.path).path)}" in services.hangs:
                services.ended.wait(30)
                return
            status, told = services.answer(self.command, self.path)
            text = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            for name, value in services.headers.get(f"{self.command} {unquote(urlsplit(self.path).path)}", {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _reply

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that was killed
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    services.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield services
    finally:
        services.ended.set()
        server.shutdown()
        server.server_close()
