"""Plain HTTPS, through the proxy and with the CA that the environment names; loopback addresses without either."""

from __future__ import annotations

import http.client
import os
import ssl
import threading
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS: Final = 60.0  # for one answer


class ApiError(Exception):
    """A call that was refused, with the answer's status, or that had no answer, with status 0."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Exchange(Protocol):
    """The part of Https that sources of tokens need."""

    def __call__(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """See Https.exchange."""


class Https:
    """One plugin process's connections: one for each thread and host. `stopped`: nothing is waited for any more."""

    def __init__(self, stopped: threading.Event) -> None:
        self.stopped = stopped
        self._own = threading.local()
        self._tls_lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None

    def exchange(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """The status, the body and the headers of the answer, whose names are in lower case. Raises OSError."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connections: dict[str, http.client.HTTPConnection] = self._own.__dict__
        while True:
            kept = connections.pop(parts.netloc, None)
            connection = kept or self._connection(parts.scheme, parts.netloc)
            try:
                connection.request(verb, path, body, dict(headers))
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as failed:
                connection.close()
                if kept:  # The other side had closed it meanwhile.
                    continue
                raise OSError(str(failed)) from failed
            if not response.will_close:
                connections[parts.netloc] = connection
            return response.status, answer, {name.lower(): value for name, value in response.getheaders()}

    def _connection(self, scheme: str, host: str) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
        with self._tls_lock:
            self._tls = self._tls or ssl.create_default_context()
        if not (proxy := proxy_for(os.environ, host)):
            return http.client.HTTPSConnection(host, timeout=TIMEOUT_SECONDS, context=self._tls)
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        made = http.client.HTTPSConnection(
            through.hostname or "", through.port, timeout=TIMEOUT_SECONDS, context=self._tls
        )
        made.set_tunnel(host)
        return made


def proxy_for(environ: Mapping[str, str], host: str) -> str:
    """The proxy for a host, empty where it's reached directly. NO_PROXY lists hosts and domains."""
    found = environ.get("HTTPS_PROXY") or environ.get("https_proxy") or ""
    spared = (environ.get("NO_PROXY") or environ.get("no_proxy") or "").replace(" ", "").split(",")
    direct = any(each == "*" or f".{host}".endswith(f".{each.lstrip('.')}") for each in spared if each)
    return "" if direct else found
