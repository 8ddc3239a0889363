"""The one door: an HTTPS proxy that answers for the clouds' real host names and refuses every other.

TLS ends here, with certificates of the embedded cloud's own authority. HTTP/1.1, kept alive; each answer leaves in one
write with TCP_NODELAY, so nothing waits for a delayed acknowledgement. To a machine's sshd it leads as any proxy does.
"""

from __future__ import annotations

import http
import socket
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.forwarding import forward

if TYPE_CHECKING:
    from embedded_cloud.authority import Authority
    from embedded_cloud.lifetime import Lifetime

ADMIN_HOST = "rehearsal.internal"
LARGEST_LINE = 65536
WITH_BODY = ("POST", "PUT", "PATCH")


class Behind(Protocol):
    """What stands behind the door."""

    def knows(self, host: str) -> bool: ...

    def answers_plainly(self, host: str) -> bool: ...

    def connection(self, host: str, port: int) -> socket.socket | None: ...

    def answer(self, request: Request) -> Answer: ...

    def upgrade(self, request: Request, head: bytes, client: socket.socket) -> Answer | None:
        """Serve a request to open a WebSocket until that ends; returns the answer where none is opened."""

    @property
    def lifetime(self) -> Lifetime: ...


class Door(ThreadingHTTPServer):
    """Listens at `address`, and hands every request of a known host to `behind`."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], authority: Authority, behind: Behind) -> None:
        super().__init__(address, Visit)
        self.authority = authority
        self.behind = behind

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if not isinstance(error, (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)


class Visit(BaseHTTPRequestHandler):
    """One connection: plain at first, TLS once the client has said CONNECT."""

    protocol_version = "HTTP/1.1"
    server_version = "rehearsal"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Door
    through: str = ""  # the host that the client has connected to

    def do_CONNECT(self) -> None:
        name, _, port = self.path.rpartition(":")
        host = name.strip("[]").lower()
        if not self.server.behind.knows(host):
            return self.lead(host, int(port) if port.isdecimal() else 0)
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        secure = self.server.authority.context(host).wrap_socket(self.connection, server_side=True)
        self.connection = self.request = secure
        self.rfile = secure.makefile("rb", -1)
        self.wfile = secure.makefile("wb", 0)  # type: ignore[assignment]
        self.through, self.close_connection = host, False
        return None

    def lead(self, host: str, port: int) -> None:
        """Lead to a machine's sshd, where one is meant; 502 is a proxy's word for one that it can't reach."""
        try:
            there = self.server.behind.connection(host, port)
        except OSError as error:
            self.close_connection = True
            text = f"rehearsal: {host}:{port} can't be reached: {error}"
            return self.reply(Answer.text(f"{text}\n", 502), phrase=text.encode("ascii", "replace").decode())
        if there is None:
            return self.refuse(host)
        self.close_connection = True
        with there:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            forward(self.connection, there)
        return None

    def serve(self) -> None:
        if self.through:
            asked = self.asked(self.through, self.path)
            if self.headers.get("Upgrade", "").lower() == "websocket":
                self.close_connection = True
                refused = self.server.behind.upgrade(asked, self.head(), self.connection)
                return self.reply(refused) if refused is not None else None
            return self.reply(self.server.behind.answer(asked))
        split = urlsplit(self.path)
        host = (split.hostname or str(self.headers.get("Host", "")).partition(":")[0]).lower()
        target = split.path + (f"?{split.query}" if split.query else "")
        if host != ADMIN_HOST and not self.server.behind.answers_plainly(host):
            return self.refuse(host)
        if host == ADMIN_HOST and split.path == "/hold":
            self.close_connection = True
            if not self.server.behind.lifetime.take():
                return self.reply(Answer.text("ending", 503))
            try:
                self.reply(Answer.text("held"))
            finally:  # however that went: what was taken is given back once the connection ends
                self.server.behind.lifetime.keep(self.connection)
            return None
        return self.reply(self.server.behind.answer(self.asked(host, target)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve

    def refuse(self, host: str) -> None:
        """Refuse a host that the clouds don't have, or plain HTTP: nothing gets out."""
        self.close_connection = True
        text = f"rehearsal: {host or 'this address'} is not part of the embedded cloud"
        # In the status line too: of a refused CONNECT, that is all that Go and Python show.
        self.reply(Answer.text(text + "\n", 403), phrase=text.encode("ascii", "replace").decode())

    def asked(self, host: str, target: str) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request.of(self.command, host, target, headers, self.body())

    def head(self) -> bytes:
        """The request's line and headers, as they came."""
        lines = [self.requestline, *(f"{name}: {value}" for name, value in self.headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def body(self) -> bytes:
        """The request's body, of a known length or in chunks (as Terraform's gcs backend sends it)."""
        # urllib3 leaves Nagle's algorithm on behind a proxy: its body waits for the acknowledgement of its headers,
        # which the kernel would hold back for 40 ms.
        if self.command in WITH_BODY and hasattr(socket, "TCP_QUICKACK"):
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(LARGEST_LINE).split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline(LARGEST_LINE)
        while self.rfile.readline(LARGEST_LINE).strip():
            pass  # trailers
        return b"".join(parts)

    def reply(self, answer: Answer, phrase: str = "") -> None:
        if answer.status == 0:
            self.close_connection = True
            return
        if answer.settle is not None:
            answer.settle()
        first = f"HTTP/1.1 {answer.status} {phrase or _phrase(answer.status)}"
        lines = [first, *(f"{name}: {value}" for name, value in answer.headers)]
        if answer.status not in (204, 304) and not any(n.lower() == "content-length" for n, _ in answer.headers):
            lines.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        without_body = self.command == "HEAD" or answer.status in (204, 304)
        self.wfile.write(head if without_body else head + answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # the cloud keeps its own log
        pass


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
