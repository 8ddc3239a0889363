"""The metadata server as every machine of Compute Engine knows it.

Rules and error codes are those of https://cloud.google.com/compute/docs/metadata/querying-metadata.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from embedded_cloud.exchange import Answer
from embedded_cloud.google import tokens
from embedded_cloud.google.machines.metadata_tree import Tree, as_json, as_text, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embedded_cloud.exchange import Request
    from embedded_cloud.machines.base import Instance

NAMES = ("metadata.google.internal", "metadata")
ROOT = "/computeMetadata/v1"
GUEST_ATTRIBUTES = f"{ROOT}/instance/guest-attributes/"
POLL_SECONDS = 0.2
JSON = ("Content-Type", "application/json")


class Metadata:
    """Answers the machines, and keeps their guest attributes. `current` finds an instance's metadata as it is now,
    `os_login` answers what is below oslogin/, by its name and a policy."""

    def __init__(
        self, current: Callable[[Instance], dict[str, str] | None], os_login: Callable[[str, str], str | None]
    ) -> None:
        self._current = current
        self._os_login = os_login
        self._guest_attributes: dict[str, Tree] = {}  # by the instance's id
        self._lock = threading.Lock()

    def answer(self, instance: Instance, address: str, request: Request) -> Answer:
        """The answer to the instance, which has `address` (IPv4)."""
        if request.headers.get("metadata-flavor") != "Google" or request.headers.get("x-forwarded-for"):
            return _reply(403, "Missing Metadata-Flavor:Google header.\n")
        if request.method == "PUT":
            return self._put(instance, request)
        return self._get(instance, address, request)

    def _get(self, instance: Instance, address: str, request: Request) -> Answer:
        path = unquote(request.path)
        if path == "/":
            return _reply(200, "computeMetadata/\n")
        segments = [part for part in path.removeprefix(ROOT).split("/") if part]
        if segments[:1] == ["oslogin"] and len(segments) == 2:
            told = self._os_login(segments[1], request.one("policy"))
            return _reply(404, "Not Found\n") if told is None else _reply(200, told, JSON)
        tree = self._tree(instance, address)
        if segments[:2] == ["instance", "service-accounts"] and segments[3:] == ["token"]:
            return _token(_find(tree, segments[:3]))
        if request.one("wait_for_change").lower() == "true":
            tree = self._changed(instance, address, segments, request)
        found = _find(tree, segments) if path.startswith(ROOT) else None
        if found is None:
            return _reply(404, "Not Found\n")
        if isinstance(found, dict) and not path.endswith("/"):
            query = request.target.removeprefix(request.path)
            return _reply(301, "", ("Location", f"http://{NAMES[0]}{request.path}/{query}"))
        shown = _shown(found, request.query, users_keys=segments[-1:] == ["attributes"])
        return replace(shown, headers=(*shown.headers, ("ETag", _etag(found))))

    def _tree(self, instance: Instance, address: str) -> Tree:
        tree = tree_of(instance, address, self._attributes_of(instance))
        now = self._current(instance)
        if now is not None:
            tree["instance"]["attributes"] = now
        return tree

    def _changed(self, instance: Instance, address: str, segments: list[str], request: Request) -> Tree:
        """The tree once what stands there is another than `last_etag`, or after `timeout_sec`."""
        known = request.one("last_etag") or _etag(_find(self._tree(instance, address), segments))
        until = time.monotonic() + float(request.one("timeout_sec", "60"))
        while time.monotonic() < until and _etag(_find(self._tree(instance, address), segments)) == known:
            time.sleep(POLL_SECONDS)
        return self._tree(instance, address)

    def _put(self, instance: Instance, request: Request) -> Answer:
        """Keep a guest attribute, where the machine's metadata allows them."""
        name = unquote(request.path).removeprefix(GUEST_ATTRIBUTES)
        namespace, _, key = name.partition("/")
        if name == request.path or not key or "/" in key:
            return _reply(404, "Not Found\n")
        if instance.metadata.get("enable-guest-attributes", "").upper() != "TRUE":
            return _reply(403, "Guest attributes endpoint access is disabled.\n")
        with self._lock:
            self._guest_attributes.setdefault(instance.id, {}).setdefault(namespace, {})[key] = request.body.decode()
        return _reply(200, "")

    def _attributes_of(self, instance: Instance) -> Tree:
        with self._lock:
            return {name: dict(values) for name, values in self._guest_attributes.get(instance.id, {}).items()}


def _etag(found: Any) -> str:
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


def _find(tree: Any, segments: list[str]) -> Any:
    for segment in segments:
        if not isinstance(tree, dict) or segment not in tree:
            return None
        tree = tree[segment]
    return tree


def _token(account: Any) -> Answer:
    if account is None:
        return _reply(404, "Not Found\n")
    grant = {
        "access_token": tokens.token_for(account["email"]),
        "expires_in": tokens.LIFETIME_SECONDS,
        "token_type": "Bearer",
    }
    return _reply(200, json.dumps(grant), JSON)


def _shown(found: Any, query: Mapping[str, list[str]], *, users_keys: bool) -> Answer:
    recursive = query.get("recursive", [""])[-1].lower() == "true"
    if query.get("alt", ["json" if recursive else "text"])[-1] == "json":
        return _reply(200, json.dumps(as_json(found, users_keys)), JSON)
    return _reply(200, as_text(found))


def _reply(status: int, text: str, *headers: tuple[str, str]) -> Answer:
    kind = () if JSON in headers else (("Content-Type", "application/text"),)
    own = (("Server", "Metadata Server for VM"), ("Date", formatdate(usegmt=True)), ("Metadata-Flavor", "Google"))
    return Answer(status, text.encode(), (*own, *kind, *headers))
