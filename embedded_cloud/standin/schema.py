"""The provider's schema: read from the facts, asked for by type, and compiled to the message that Terraform gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["resource", "data_source"]
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


@dataclass(frozen=True)
class Attribute:
    """One attribute; `type` is Terraform's JSON form of it, "string" or ["set", "string"]."""

    type: Any
    required: bool = False
    optional: bool = False
    computed: bool = False
    deprecated: bool = False
    write_only: bool = False

    @property
    def settable(self) -> bool:
        return self.required or self.optional


@dataclass(frozen=True)
class Nested:
    """A block inside a block. `max_items` 0 means any number."""

    nesting: Literal["single", "list", "set", "map"]
    block: Block
    max_items: int = 0


@dataclass(frozen=True)
class Block:
    """A resource's, a data source's, the provider's, or a nested block's attributes and blocks."""

    attributes: dict[str, Attribute]
    blocks: dict[str, Nested]

    def names(self) -> Iterator[str]:
        yield from self.attributes
        yield from self.blocks


class Schemas:
    """All schemas of the provider, each parsed when it is first asked for."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self._parsed: dict[tuple[str, str], Block] = {}

    def block(self, kind: Kind, name: str) -> Block:
        """The block of one type. Raises KeyError for a type that the facts don't hold."""
        if (kind, name) not in self._parsed:
            given = self._facts[f"{kind}_schemas"][name]["block"]
            self._parsed[kind, name] = parse(given)
        return self._parsed[kind, name]


def parse(given: dict[str, Any]) -> Block:
    """A block as `terraform providers schema -json` writes it.

    An attribute of objects that a configuration may set is a block to the provider's code ("attributes as blocks"),
    and one here.
    """
    block = Block({}, {})
    for name, each in given.get("attributes", {}).items():
        attribute = Attribute(**{key: value for key, value in each.items() if key != "sensitive"})
        if attribute.settable and (nested := _as_block(attribute.type)):
            block.blocks[name] = nested
        else:
            block.attributes[name] = attribute
    for name, each in given.get("block_types", {}).items():
        inner = parse(each["block"])
        block.blocks[name] = Nested(each["nesting_mode"], inner, each.get("max_items", 0))
    return block


def _as_block(kind: Any) -> Nested | None:
    if isinstance(kind, str) or kind[0] not in ("list", "set") or isinstance(kind[1], str) or kind[1][0] != "object":
        return None
    every = {name: {"type": each, "optional": True} for name, each in kind[1][1].items()}
    return Nested(kind[0], parse({"attributes": every}))


def compiled(facts: dict[str, Any]) -> bytes:
    """The answer to GetProviderSchema, ready to send."""
    from embedded_cloud.standin.wire import pb

    reply = pb["SchemaReply"](provider=_schema(facts["provider"]))
    for kind in ("resource_schemas", "data_source_schemas"):
        for name, schema in facts[kind].items():
            getattr(reply, kind).add(key=name, value=_schema(schema))
    reply.server_capabilities.plan_destroy = True
    # Each command starts several plugin processes: only the first is asked for its schema.
    reply.server_capabilities.get_provider_schema_optional = True
    sent: bytes = reply.SerializeToString()
    return sent


def _schema(given: dict[str, Any]) -> Any:
    from embedded_cloud.standin.wire import pb

    return pb["Schema"](version=given.get("version", 0), block=_block(given["block"]))


def _block(given: dict[str, Any]) -> Any:
    from embedded_cloud.standin.wire import pb

    made = pb["Block"]()
    for name, each in sorted(given.get("attributes", {}).items()):
        flags = {flag: each[flag] for flag in _FLAGS if each.get(flag)}
        made.attributes.add(name=name, type=json.dumps(each["type"], separators=(",", ":")).encode(), **flags)
    for name, nested in sorted(given.get("block_types", {}).items()):
        made.block_types.add(
            type_name=name,
            nesting=_NESTING[nested["nesting_mode"]],
            block=_block(nested["block"]),
            min_items=nested.get("min_items", 0),
            max_items=nested.get("max_items", 0),
        )
    return made


_FLAGS = ("required", "optional", "computed", "sensitive", "deprecated", "write_only")
