"""An Azure machine to try the bootstrap on: recording commands, the metadata service, and Blob storage."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from cluster_provision.node_files import NODE
from cluster_provision.targets.azure.custom_data import bootstrap
from cluster_provision.targets.azure.node_config import Fetched, NodeConfig
from tests.unit.node.trial import Machine

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

INSTANCE = {
    "compute": {
        "name": "abc_0",
        "vmId": "8a1f-4711",
        "vmSize": "Standard_ND96isr_H200_v5",
        "osProfile": {"adminUsername": "azureuser", "computerName": "vm-000000"},
    },
    "network": {
        "interface": [
            {"ipv4": {"ipAddress": [{"privateIpAddress": "10.0.0.4", "publicIpAddress": ""}], "subnet": []}},
        ]
    },
}


@dataclass
class FakeAzure:
    """The two services that a node speaks to, on one port; `refusals` uploads get HTTP 403 first.

    `blobs` are by `<container>/<name>`; `tokens` are the queries for a token, of which there is one: `token`.
    """

    blobs: dict[str, bytes] = field(default_factory=dict)
    uploads: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[dict[str, str]] = field(default_factory=list)
    refusals: int = 0
    token: str = "node-token"
    port: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def record_when(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first uploaded record for which `holds` is true, once it is there."""
        return dict(self.upload_when(lambda upload: holds(upload["record"]))["record"])

    def upload_when(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first upload for which `holds` is true, once it is there."""
        with self.changed:
            found = self.changed.wait_for(lambda: any(holds(each) for each in self.uploads), timeout=20)
            assert found, self.uploads
            return next(each for each in self.uploads if holds(each))


class Handler(BaseHTTPRequestHandler):
    cloud: FakeAzure

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        if split.path.startswith("/metadata/"):
            return self.metadata(split.path, {k: v[0] for k, v in parse_qs(split.query).items()})
        blob = self.cloud.blobs.get(unquote(split.path).lstrip("/"))
        if not self.known() or blob is None:
            return self.answer(404, b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>")
        return self.answer(200, blob)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.cloud.changed:
            if self.cloud.refusals > 0 or not self.known():
                self.cloud.refusals -= 1
                return self.answer(403, b"<Error><Code>AuthorizationPermissionMismatch</Code></Error>")
            told = {k.lower(): v for k, v in self.headers.items()}
            if told.get("x-ms-blob-type") != "BlockBlob":
                return self.answer(400, b"<Error><Code>MissingRequiredHeader</Code></Error>")
            if told["content-type"] == "application/octet-stream":
                self.cloud.blobs[unquote(self.path).lstrip("/")] = body
                return self.answer(201, b"")
            metadata = {k.removeprefix("x-ms-meta-"): v for k, v in told.items() if k.startswith("x-ms-meta-")}
            upload = {"path": unquote(self.path), "headers": told, "metadata": metadata, "record": json.loads(body)}
            self.cloud.uploads.append(upload)
            self.cloud.changed.notify_all()
        return self.answer(201, b"")

    def metadata(self, path: str, query: dict[str, str]) -> None:
        if self.headers.get("Metadata") != "true" or "api-version" not in query:
            return self.answer(400, b'{"error": "Bad request. Required metadata header not specified"}')
        if path == "/metadata/instance":
            return self.answer(200, json.dumps(INSTANCE).encode())
        self.cloud.tokens.append(query)
        return self.answer(200, json.dumps({"access_token": self.cloud.token, "expires_in": "86399"}).encode())

    def known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.cloud.token}" and bool(
            self.headers.get("x-ms-version")
        )

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass
class AzureMachine(Machine):
    """A root folder with what custom data would have written; `cloud` is a FakeAzure. `ray`: its bootstrap has Ray."""

    ray: bool = False

    def configure(self, *, cloud_init: bool = False, **told: Any) -> None:
        given = {
            "account": "acct",
            "container": "c",
            "deployment": "d/abc-deployment",
            "admin": "azureuser",
            "sku": "Standard_ND96isr_H200_v5",
            "docker": False,
            "health_gate": "off",
        }
        path = self.root / "etc/cluster/config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        config = NodeConfig(**{**given, **told})
        path.write_text(config.to_json(cloud_init=cloud_init))
        self.ray = bool(config.orchestrator["ray"])

    @property
    def script(self) -> str:
        """The joined bootstrap, on the machine's disk."""
        file = self.root / "bootstrap.sh"
        file.write_text(self.shortened(bootstrap(NODE, ray=self.ray)))
        return str(file)

    def start(self) -> subprocess.CompletedProcess[str]:
        return self.run(self.script)

    def unit(self, name: str) -> subprocess.CompletedProcess[str]:
        """What one of the machine's own units runs."""
        return self.run(self.script, "unit", name)

    def home(self, user: str) -> None:
        (self.root / "home" / user).mkdir(parents=True)

    def text(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()


def archive(digest: str, destination: str) -> Fetched:
    return Fetched(f"d/abc-deployment/files/{digest}.tar.gz", destination)


def packed(name: str, text: str) -> bytes:
    """An archive of one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        member = tarfile.TarInfo(name)
        member.size = len(text)
        made.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()
