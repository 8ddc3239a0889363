"""The metadata server, at 169.254.169.254 for the machines of both clouds.

The caller's address tells which machine asks; what it gets is the affair of its cloud (platform.py).
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from embedded_cloud.engine.names import METADATA_ADDRESS
from embedded_cloud.exchange import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.machines.platform import Asker


class MetadataServer(ThreadingHTTPServer):
    """Listens at `address`; `asker_at` finds the machine with an address on this network, None where there is none."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], asker_at: Callable[[str], Asker | None]) -> None:
        super().__init__(address, Visit)
        self.asker_at = asker_at


class Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: MetadataServer

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asker = self.server.asker_at(self.client_address[0])
        if asker is None:
            # A machine may ask before the embedded cloud knows its address: 503, so that it asks again.
            at = self.client_address[0]
            return self.reply(Answer.text(f"no machine (yet) of the embedded cloud has the address {at}\n", 503))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request.of(self.command, METADATA_ADDRESS, self.path, headers, body)
        return self.reply(asker.platform.metadata(asker.instance, asker.address, request))

    do_GET = do_HEAD = do_PUT = serve

    def reply(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # the cloud keeps its own log
        pass
