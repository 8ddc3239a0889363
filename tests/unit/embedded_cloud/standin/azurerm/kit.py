"""azurerm's parts on the kept facts, and a Resource Manager that keeps what is put and answers as it is told."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.azurerm.account import Account, Features
from embedded_cloud.standin.azurerm.api import HOST, Api
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from tests.unit.embedded_cloud.standin.kit import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/v/subnets/s"
SCALE_SET = f"{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/ss"
# {"exp": 9999999999}: never over
TOKEN = "e30.eyJleHAiOiA5OTk5OTk5OTk5fQ.x"

PERSISTS = Features(persists_id=True)

Answer = tuple[int, dict[str, Any], dict[str, str]]


class Arm(Api):
    """Keeps resources by id; `special` answers in its place where it has something to say."""

    def __init__(self, special: Callable[[str, str, Any], Answer | None] = lambda *_: None) -> None:
        super().__init__(threading.Event(), lambda: TOKEN)
        self.special = special
        self.held: dict[str, Any] = {}
        self.calls: list[tuple[str, str, Any]] = []

    def exchange(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        path, sent = url.removeprefix(HOST).partition("?")[0], None if body is None else json.loads(body)
        self.calls.append((verb, path, sent))
        status, answer, told = self.special(verb, path, sent) or self._regular(verb, path, sent)
        return status, json.dumps(answer).encode() if answer else b"", told

    def changes(self) -> list[tuple[str, str]]:
        return [(verb, path) for verb, path, _ in self.calls if verb != "GET"]

    def sent(self, verb: str) -> Any:
        """The body of the only call with this verb."""
        (body,) = [sent for said, _, sent in self.calls if said == verb]
        return body

    def _regular(self, verb: str, path: str, sent: Any) -> Answer:
        if verb == "PUT":
            self.held[path] = {**sent, "id": path, "name": path.rpartition("/")[2]}
            return 201, self.held[path], {}
        if verb == "DELETE":
            self.held.pop(path, None)
            return 202, {}, {}
        if path not in self.held:
            return refused(404, "ResourceNotFound", "not found")
        return 200, self.held[path], {}


def refused(status: int, code: str, message: str) -> Answer:
    return status, {"error": {"code": code, "message": message}}, {}


def life(name: str, api: Api, kind: type[Lifecycle] = Lifecycle, features: Features = PERSISTS) -> Lifecycle:
    row, _, block = parts(name)
    return kind(name, row, block, api, Account(subscription=SUBSCRIPTION, features=features))
