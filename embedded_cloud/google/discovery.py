"""Google's discovery documents, as PyPI's google-api-python-client carries them: routes and schemas.

Of an API that it has none of, documents/ holds what is needed.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_cloud.google.failure import not_emulated

Schema = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """One method of an API; `path` holds the segments of its path, True where a segment is a parameter."""

    id: str
    http: str
    path: tuple[tuple[str, bool], ...]
    query: frozenset[str]
    request: str
    response: str

    @property
    def verb(self) -> str:
        """`insert` of `compute.networks.insert`."""
        return self.id.rpartition(".")[2]


@dataclass
class _Branch:
    """A tree of path segments: `plain` by their text, `any` for a parameter, `ends` by HTTP method."""

    plain: dict[str, _Branch] = field(default_factory=dict)
    any: _Branch | None = None
    ends: dict[str, Method] = field(default_factory=dict)

    def find(self, segments: list[str], verb: str) -> Method | None:
        if not segments:
            return self.ends.get(verb)
        for branch in (self.plain.get(segments[0]), self.any):
            if branch is not None and (found := branch.find(segments[1:], verb)) is not None:
                return found
        return None


class Api:
    """One API by its document, such as `compute.v1`."""

    def __init__(self, name: str) -> None:
        self.name = name
        own = Path(__file__).parent / "documents" / f"{name}.json"
        file = own if own.exists() else _documents() / f"{name}.json"
        document = json.loads(file.read_text())
        self.schemas: dict[str, Schema] = document["schemas"]
        self.prefix = tuple(part for part in document["servicePath"].split("/") if part)
        self._common = frozenset(document.get("parameters", {}))
        self._root = _Branch()
        self._read(document)

    def route(self, verb: str, segments: list[str]) -> Method | None:
        """The method for these decoded path segments, those after `prefix`; a custom verb (`x:wait`) is split off."""
        found = self._root.find(segments, verb)
        if found is None and segments and ":" in segments[-1]:
            last, _, custom = segments[-1].rpartition(":")
            found = self._root.find([*segments[:-1], last, ":" + custom], verb)
        return found

    def schema(self, name: str) -> Schema:
        return self.schemas.get(name, {})

    def properties(self, name: str) -> dict[str, Schema]:
        found: dict[str, Schema] = self.schema(name).get("properties", {})
        return found

    def _read(self, node: dict[str, Any]) -> None:
        for given in node.get("methods", {}).values():
            method = self._method(given)
            branch = self._root
            for text, is_parameter in method.path:
                if is_parameter:
                    branch.any = branch.any or _Branch()
                    branch = branch.any
                else:
                    branch = branch.plain.setdefault(text, _Branch())
            branch.ends[method.http] = method
        for child in node.get("resources", {}).values():
            self._read(child)

    def _method(self, given: dict[str, Any]) -> Method:
        parameters = given.get("parameters", {})
        return Method(
            id=given["id"],
            http=given["httpMethod"],
            path=tuple(_split(given.get("flatPath") or given["path"])),
            query=self._common | {n for n, p in parameters.items() if p.get("location") == "query"},
            request=given.get("request", {}).get("$ref", ""),
            response=given.get("response", {}).get("$ref", ""),
        )


@functools.cache
def api(name: str) -> Api:
    """The API, read once (compute.v1: 5 MB, about 60 ms)."""
    return Api(name)


def _split(path: str) -> list[tuple[str, bool]]:
    """The path's segments: `a/{b}:c` is `a`, a parameter, and `:c`."""
    out: list[tuple[str, bool]] = []
    for part in path.split("/"):
        name, colon, custom = part.partition("}:")
        if colon:
            out += [(name, True), (":" + custom, False)]
        else:
            out.append((part, part.startswith("{")))
    return out


@functools.cache
def _documents() -> Path:
    spec = importlib.util.find_spec("googleapiclient")  # found, not imported: importing it takes 0.2 s
    if spec is None or not spec.submodule_search_locations:
        raise not_emulated("Google's APIs, since google-api-python-client isn't installed")
    return Path(spec.submodule_search_locations[0]) / "discovery_cache" / "documents"
