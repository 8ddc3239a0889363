"""The embedded cloud in this process, asked without the door."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response

from embedded_cloud.exchange import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from embedded_cloud.cloud import Cloud

COMPUTE = "compute.googleapis.com"
STORAGE = "storage.googleapis.com"
PROJECT = "p-123456"
ZONE = f"/compute/v1/projects/{PROJECT}/zones/us-central1-a"
GLOBAL = f"/compute/v1/projects/{PROJECT}/global"


@dataclass
class Asked:
    """A cloud, and short ways to ask it."""

    cloud: Cloud
    folder: Path

    def ask(
        self, method: str, host: str, target: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        signed = {"authorization": "Bearer made-up", **(headers or {})}
        answer = self.cloud.answer(Request.of(method, host, target, signed, raw))
        if answer.settle is not None:
            answer.settle()
        return answer

    def json(self, method: str, host: str, target: str, body: Any = None, status: int = 200) -> Any:
        answer = self.ask(method, host, target, body)
        assert answer.status == status, answer.body
        return json.loads(answer.body)

    def compute(self, method: str, target: str, body: Any = None, status: int = 200) -> Any:
        return self.json(method, COMPUTE, target, body, status)

    def bucket(self, name: str) -> None:
        self.json("POST", STORAGE, f"/storage/v1/b?project={PROJECT}", {"name": name})

    def upload(self, bucket: str, name: str, data: bytes, query: str = "") -> Answer:
        target = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}{query}"
        return self.ask("POST", STORAGE, target, data, {"content-type": "text/plain"})

    def template(self, name: str = "t", description: str = "", **properties: Any) -> None:
        given = {
            "machineType": "a2-highgpu-2g",
            "networkInterfaces": [{"network": "global/networks/default"}],
            "scheduling": {"onHostMaintenance": "TERMINATE"},
        }
        body = {"name": name, "description": description, "properties": {**given, **properties}}
        self.compute("POST", f"{GLOBAL}/instanceTemplates", body)

    def group(self, size: int, name: str = "g", template: str = "t", description: str = "") -> None:
        body = {
            "name": name,
            "description": description,
            "baseInstanceName": "vm",
            "targetSize": size,
            "versions": [{"instanceTemplate": f"projects/{PROJECT}/global/instanceTemplates/{template}"}],
        }
        self.compute("POST", f"{ZONE}/instanceGroupManagers", body)


def until(seen: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What `seen` gives once it gives something; machines follow their groups on threads."""
    deadline = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
    return found


class Session:
    """The cloud as a requests session asks it: what `clouds/` stands on."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def request(self, method: str, url: str, *, json: Any = None, params: Any = None, **_: Any) -> Response:
        sent = PreparedRequest()
        sent.prepare(method=method, url=url, params=params)
        where = urlsplit(str(sent.url))
        answer = self._asked.ask(method, str(where.hostname), f"{where.path}?{where.query}", json)
        told = Response()
        told.status_code, told._content, told.reason = answer.status, answer.body, "refused"
        return told
