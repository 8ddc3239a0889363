"""The metadata server: 169.254.169.254, as every machine of Compute Engine knows it, and each of Azure's its own kind.

The caller's address tells which machine asks. Rules and error codes are those of
https://cloud.google.com/compute/docs/metadata/querying-metadata.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from embedded_cloud.azure.machines import metadata as azure_metadata
from embedded_cloud.google import tokens
from embedded_cloud.google.machines.metadata_tree import Tree, as_json, as_text, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.machines.base import Instance

ADDRESS = "169.254.169.254"
NAMES = ("metadata.google.internal", "metadata")
ROOT = "/computeMetadata/v1"
GUEST_ATTRIBUTES = f"{ROOT}/instance/guest-attributes/"


@dataclass(frozen=True)
class Asker:
    """The machine that asks, and its address on the cluster's network."""

    instance: Instance
    address: str


class MetadataServer(ThreadingHTTPServer):
    """Answers at `address`; `who` tells the machine with an address on this network, or None where there is none."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], who: Callable[[str], Asker | None]) -> None:
        super().__init__(address, Visit)
        self.who = who
        self.guest_attributes: dict[str, Tree] = {}  # by the instance's id
        self.lock = threading.Lock()


class Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Metadata Server for VM"
    sys_version = ""
    disable_nagle_algorithm = True
    server: MetadataServer

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        path = unquote(split.path)
        asker = self.asker()
        if asker is None:
            return None
        if path == "/":
            return self.reply(200, "computeMetadata/\n")
        segments = [part for part in path.removeprefix(ROOT).split("/") if part]
        if segments[:2] == ["instance", "service-accounts"] and segments[3:] == ["token"]:
            return self.token(asker, segments[2])
        found = self.find(asker, segments) if path.startswith(ROOT) else None
        if found is None:
            return self.reply(404, "Not Found\n")
        if isinstance(found, dict) and not path.endswith("/"):
            query = f"?{split.query}" if split.query else ""
            return self.reply(301, "", ("Location", f"http://{NAMES[0]}{split.path}/{query}"))
        return self.show(found, parse_qs(split.query), users_keys=segments[-1:] == ["attributes"])

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        """Guest attributes, where the machine's metadata allows them."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asker = self.asker()
        if asker is None:
            return None
        name = unquote(urlsplit(self.path).path).removeprefix(GUEST_ATTRIBUTES)
        namespace, _, key = name.partition("/")
        if name == self.path or not key or "/" in key:
            return self.reply(404, "Not Found\n")
        if asker.instance.metadata.get("enable-guest-attributes", "").upper() != "TRUE":
            return self.reply(403, "Guest attributes endpoint access is disabled.\n")
        with self.server.lock:
            self.server.guest_attributes.setdefault(asker.instance.id, {}).setdefault(namespace, {})[key] = body
        return self.reply(200, "")

    def asker(self) -> Asker | None:
        """The machine that asks, as its address tells; a stranger, or one without the header, has been refused.

        A machine may ask before the embedded cloud has been told its address: 503, so that it asks again.
        """
        asker = self.server.who(self.client_address[0])
        if asker is None:
            self.reply(503, f"no machine (yet) of the embedded cloud has the address {self.client_address[0]}\n")
        elif asker.instance.cloud == "azure":
            self.reply_of_azure(asker)
        elif self.headers.get("Metadata-Flavor") != "Google" or self.headers.get("X-Forwarded-For"):
            self.reply(403, "Missing Metadata-Flavor:Google header.\n")
        else:
            return asker
        return None

    def reply_of_azure(self, asker: Asker) -> None:
        split = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = azure_metadata.Told(405, '{"error": "Method not allowed"}')
        if self.command in ("GET", "HEAD"):
            told = azure_metadata.answer(asker.instance, asker.address, split.path, parse_qs(split.query), headers)
        body = told.text.encode()
        self.send_response_only(told.status)
        self.send_header("Server", "IMDS/150.870.65.1854")
        self.send_header("Content-Type", told.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def find(self, asker: Asker, segments: list[str]) -> Any:
        with self.server.lock:
            attributes = {
                n: dict(values) for n, values in self.server.guest_attributes.get(asker.instance.id, {}).items()
            }
        found: Any = tree_of(asker.instance, asker.address, attributes)
        for segment in segments:
            if not isinstance(found, dict) or segment not in found:
                return None
            found = found[segment]
        return found

    def token(self, asker: Asker, account: str) -> None:
        told = self.find(asker, ["instance", "service-accounts", account])
        if told is None:
            return self.reply(404, "Not Found\n")
        grant = {
            "access_token": tokens.token_for(told["email"]),
            "expires_in": tokens.LIFETIME_SECONDS,
            "token_type": "Bearer",
        }
        return self.reply(200, json.dumps(grant), ("Content-Type", "application/json"))

    def show(self, found: Any, query: dict[str, list[str]], users_keys: bool) -> None:
        recursive = query.get("recursive", [""])[-1].lower() == "true"
        if query.get("alt", ["json" if recursive else "text"])[-1] == "json":
            return self.reply(200, json.dumps(as_json(found, users_keys)), ("Content-Type", "application/json"))
        return self.reply(200, as_text(found))

    def reply(self, status: int, text: str, *headers: tuple[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Metadata-Flavor", "Google")
        if not any(name == "Content-Type" for name, _ in headers):
            self.send_header("Content-Type", "application/text")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # the cloud keeps its own log
        pass
