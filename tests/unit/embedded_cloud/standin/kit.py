"""A stand-in's parts on the kept facts, and an API that answers from a script."""

from __future__ import annotations

import json
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin import table
from embedded_cloud.standin.azurerm import codecs as azure_codecs
from embedded_cloud.standin.facts import FACTS
from embedded_cloud.standin.google import codecs
from embedded_cloud.standin.google.api import Api
from embedded_cloud.standin.google.lifecycle import Place
from embedded_cloud.standin.schema import Block, Schemas
from embedded_cloud.standin.table import Row, Rules, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embedded_cloud.standin.dialect import Manner

PLACE = Place(project="p-1", region="us-central1", zone="us-central1-a")
COMPUTE = "compute.googleapis.com/compute/v1/projects/p-1"
URL = f"https://{COMPUTE}"


MANNERS: dict[str, Manner] = {"google": codecs, "azurerm": azure_codecs}


@cache
def schemas(provider: str = "google") -> Schemas:
    return Schemas(json.loads((FACTS / f"{provider}.json").read_text()))


@cache
def tables(provider: str = "google") -> Table:
    return Table(table.read(provider), MANNERS[provider])


def parts(name: str) -> tuple[Row, Rules, Block]:
    provider = name.partition("_")[0]
    held = tables(provider)
    return held.row(name), held.rules(name), schemas(provider).block("resource", name)


def config(name: str, /, **given: Any) -> dict[str, Any]:
    """A resource's configuration as Terraform sends it: what is not given is null or empty."""
    return _whole(parts(name)[2], given)


def _whole(block: Block, given: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: given.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        absent: Any = None if nested.nesting == "single" else []
        value = given.get(name, absent)
        made[name] = [_whole(nested.block, each) for each in value] if isinstance(value, list) else value
    return made


Answer = tuple[int, dict[str, Any]]


class ScriptedApi(Api):
    """Answers by a function of verb and path (host and query included), and remembers what was asked."""

    def __init__(self, answer: Callable[[str, str, Any], Answer]) -> None:
        super().__init__(threading.Event())
        self._token = "t"
        self._answer = answer
        self.calls: list[tuple[str, str, Any]] = []

    def exchange(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        path, sent = url.removeprefix("https://"), None if body is None else json.loads(body)
        self.calls.append((verb, path, sent))
        status, answer = self._answer(verb, path, sent)
        return status, json.dumps(answer).encode(), {}

    def changes(self) -> list[tuple[str, str]]:
        return [(verb, path) for verb, path, _ in self.calls if verb != "GET"]


def refused(status: int, message: str, reason: str) -> Answer:
    errors = [{"message": message, "reason": reason, "domain": "global"}]
    return status, {"error": {"code": status, "message": message, "errors": errors}}


def done(**more: Any) -> Answer:
    return 200, {"name": "operation-1", "status": "DONE", **more}
