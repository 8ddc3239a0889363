"""Reads maps in HCL: METADATA, LABELS and CUSTOM_NODE_POOL. Values of METADATA never appear in errors."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.settings.hcl_values import Scalar, read_map, read_maps
from cluster_provision.settings.readers.gcp.names import ACCELERATOR_TYPE, MACHINE_TYPE, NAME_PREFIX, ZONE
from cluster_provision.settings.readers.lists import twice
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.readers.texts import Text

# cloud.google.com/compute/docs/metadata/setting-custom-metadata: limits of keys and values.
MOST_METADATA_BYTES = 256 * 1024
MOST_METADATA_BYTES_IN_ALL = 512 * 1024
# Keys that the tool itself uses, and what to use instead.
RESERVED_METADATA = {
    "startup-script": "the machines set themselves up with it; use STARTUP_COMMAND",
    "startup-script-url": "it would run beside the machines' own set-up; use STARTUP_COMMAND",
    "user-data": "cloud-init would run beside the machines' own set-up; use STARTUP_COMMAND",
    "cluster-config": "it holds the tool's own instructions for the machines; choose another key",
    "cluster-startup-command": "it holds your command; use STARTUP_COMMAND",
}
# A resource holds 64, including the cluster's own and the provider's (goog-terraform-provisioned).
MOST_LABELS = 62
LONGEST_LABEL = 63


class Metadata:
    """Instance metadata: a map in HCL, its values kept as text."""

    type_name = "HCL map"
    allowed = '{ key1 = "val1", key2 = "val2" }; keys of letters, digits, - and _'
    spaces = "kept"

    def read(self, text: str) -> dict[str, str]:
        found = {key: value.text for key, value in read_map(text).items()}
        reasons = list(self._reasons(found))
        if reasons:
            raise BadValue(*reasons)
        return found

    def _reasons(self, found: dict[str, str]) -> Iterator[str]:
        for key, value in found.items():
            if key in RESERVED_METADATA:
                yield f"must not hold the key {key}: {RESERVED_METADATA[key]}"
            elif not re.fullmatch("[a-zA-Z0-9_-]{1,128}", key):
                yield f"has the key {shown(key)}: allowed are 1 to 128 letters, digits, - and _"
            if len(value.encode()) > MOST_METADATA_BYTES:
                yield f"has more than {MOST_METADATA_BYTES} bytes at the key {shown(key)}"
        if sum(len(key.encode()) + len(value.encode()) for key, value in found.items()) > MOST_METADATA_BYTES_IN_ALL:
            yield f"has more than {MOST_METADATA_BYTES_IN_ALL} bytes in total"

    def show(self, value: Any) -> str:
        return show_map(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^\\s*\\{[\\s\\S]*\\}\\s*$"}


class Labels:
    type_name = "HCL map"
    allowed = '{ key1 = "val1", key2 = "val2" }; lower-case letters, digits, - and _, at most 63 each'
    spaces = "kept"

    def read(self, text: str) -> dict[str, str]:
        found = {key: value.text for key, value in read_map(text).items()}
        reasons = [reason for key, value in found.items() for reason in _label_reasons(key, value)]
        if len(found) > MOST_LABELS:
            reasons.append(f"has {len(found)} labels; at most {MOST_LABELS} fit beside the tool's own")
        if reasons:
            raise BadValue(*reasons)
        return found

    def show(self, value: Any) -> str:
        return show_map(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^\\s*\\{[\\s\\S]*\\}\\s*$"}


@dataclass(frozen=True)
class NodePool:
    """A GKE cluster's node pool as in CUSTOM_NODE_POOL; `zone` and `guest_accelerator_type` may be empty."""

    name: str
    zone: str
    node_count: int
    machine_type: str
    guest_accelerator_count: int
    guest_accelerator_type: str
    enable_compact_placement: bool = False


class NodePools:
    """A list of node pools: maps in HCL, with numbers and booleans."""

    type_name = "HCL list of maps"
    allowed = '[{ name = "pool-1", zone = "us-central1-a", node_count = 2, ... }]'
    spaces = "kept"

    def read(self, text: str) -> tuple[NodePool, ...]:
        pools: list[NodePool] = []
        reasons: list[str] = []
        for position, given in enumerate(read_maps(text), start=1):
            try:
                pools.append(_node_pool(given))
            except BadValue as bad:
                reasons += [f"pool {position} {reason}" for reason in bad.reasons]
        names = [pool.name for pool in pools]
        reasons += [f"has two pools called {name}" for name in twice(names)]
        if reasons:
            raise BadValue(*reasons)
        return tuple(pools)

    def show(self, value: Any) -> str:
        import json

        maps = [{key: held for key, held in vars(pool).items() if held != ""} for pool in value]
        return json.dumps(maps) if value else ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^\\s*\\[[\\s\\S]*\\]\\s*$"}


def show_map(value: dict[str, str]) -> str:
    """Return a map of text on one line, as a user writes it in an env file."""
    import json

    return "{ " + ", ".join(f"{key} = {json.dumps(text)}" for key, text in value.items()) + " }" if value else "{}"


def _label_reasons(key: str, value: str) -> Iterator[str]:
    name = shown(key)
    if key == CLUSTER_LABEL:
        yield f"must not hold the key {CLUSTER_LABEL}: the tool itself sets this label"
    elif key.startswith("goog-"):
        yield f"has the key {name}: Google reserves keys that begin with goog-"
    elif not (key and _is_label_text(key) and unicodedata.category(key[0]) in {"Ll", "Lo"}):
        yield f"has the key {name}: allowed are lower-case letters, digits, - and _, a letter first, at most 63"
    if not _is_label_text(value):
        yield f"has a bad value at the key {name}: allowed are lower-case letters, digits, - and _, at most 63"


def _is_label_text(text: str) -> bool:
    return len(text) <= LONGEST_LABEL and all(c in "-_" or unicodedata.category(c) in {"Ll", "Lo", "Nd"} for c in text)


_POOL_TEXTS: dict[str, Text] = {
    "name": NAME_PREFIX,
    "zone": ZONE,
    "machine_type": MACHINE_TYPE,
    "guest_accelerator_type": ACCELERATOR_TYPE,
}
_POOL_NUMBERS = {"node_count": 1000, "guest_accelerator_count": 16}
_POOL_SWITCH = "enable_compact_placement"
_POOL_OPTIONAL = ("zone", "guest_accelerator_count", "guest_accelerator_type", _POOL_SWITCH)
_POOL_EMPTY = ("zone", "guest_accelerator_type")


def _node_pool(given: dict[str, Scalar]) -> NodePool:
    reasons: list[str] = []
    known = (*_POOL_TEXTS, *_POOL_NUMBERS, _POOL_SWITCH)
    reasons += [f"has the unknown key {shown(key)}; known are {', '.join(known)}" for key in given if key not in known]
    reasons += [f"lacks {key}" for key in known if key not in given and key not in _POOL_OPTIONAL]
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for key, value in given.items():
        try:
            if key in _POOL_EMPTY and not value.text:
                continue
            if key in _POOL_TEXTS:
                texts[key] = _POOL_TEXTS[key].read(value.text)
            elif key in _POOL_NUMBERS:
                numbers[key] = _count(value.text, _POOL_NUMBERS[key])
        except BadValue as bad:
            reasons += [f"has {key} = {shown(value.text)}, which {reason}" for reason in bad.reasons]
    switch = given.get(_POOL_SWITCH, Scalar("boolean", "false")).text
    if switch not in {"true", "false"}:
        reasons.append(f"has {_POOL_SWITCH} = {shown(switch)}, which is neither true nor false")
    if reasons:
        raise BadValue(*reasons)
    return NodePool(
        name=texts["name"],
        zone=texts.get("zone", ""),
        node_count=numbers["node_count"],
        machine_type=texts["machine_type"],
        guest_accelerator_count=numbers.get("guest_accelerator_count", 0),
        guest_accelerator_type=texts.get("guest_accelerator_type", ""),
        enable_compact_placement=switch == "true",
    )


def _count(text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,6}", text) or int(text) > most:
        raise BadValue(f"is not a whole number from 0 to {most}")
    return int(text)
