"""One request to the embedded cloud, and its answer, apart from how they travel."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """A client's request. `path` is raw: still percent-encoded and without the query, which `target` has too. Header
    names are lower-case."""

    method: str
    host: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    target: str = ""

    @classmethod
    def of(cls, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        """The request for an HTTP target such as `/a/b?c=d`."""
        path, _, query = target.partition("?")
        return cls(method, host, path, parse_qs(query, keep_blank_values=True), headers, body, target)

    @property
    def segments(self) -> list[str]:
        """The path's parts, each decoded after the split (an object's name may hold an encoded slash)."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def one(self, name: str, default: str = "") -> str:
        """The query parameter's only (or first) value."""
        values = self.query.get(name)
        return values[0] if values else default

    def json(self) -> Any:
        """The body as JSON, `{}` where there is none; raises ValueError."""
        return json.loads(self.body) if self.body.strip() else {}


@dataclass(frozen=True)
class Answer:
    """An answer to the client. `settle`, where given, runs before the answer is sent but outside the store's lock,
    for work that takes time (a machine that ends)."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    settle: Callable[[], None] | None = None

    @classmethod
    def json(cls, value: Any, status: int = 200, *headers: tuple[str, str]) -> Answer:
        return cls(status, json.dumps(value).encode(), (("Content-Type", JSON_TYPE), *headers))

    @classmethod
    def text(cls, value: str, status: int = 200, kind: str = "text/plain; charset=utf-8") -> Answer:
        return cls(status, value.encode(), (("Content-Type", kind),))
