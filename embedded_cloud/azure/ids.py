"""Resource ids: `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME/TYPE/NAME…`, whatever their case.

A path is read from its last `/providers/` on; what stands before it is the scope, another id or none. Where the path
goes on behind the last name, with a collection (`…/subnets`) or an action (`…/start`), that is `rest`.
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types (read 2026-11-22)
"""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "//management.azure.com"  # where the store keeps all of it
PROVIDERS = "providers"
RESOURCES = "Microsoft.Resources"
# Spelt as Azure spells them in the ids that it gives out.
SEGMENTS = {"subscriptions": "subscriptions", "resourcegroups": "resourceGroups", "providers": "providers"}


@dataclass(frozen=True)
class Id:
    """A parsed path. `types` and `names` pair up; those of a group or subscription are its segments."""

    scope: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    rest: str = ""

    @property
    def type(self) -> str:
        """Such as Microsoft.Network/virtualNetworks/subnets."""
        return "/".join((self.namespace, *self.types))

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else ""

    @property
    def path(self) -> str:
        """The id itself, without `rest`."""
        pairs = [part for pair in zip(self.types, self.names, strict=False) for part in pair]
        if self.namespace == RESOURCES and not self.scope:
            return "/" + "/".join(pairs)
        return "/".join((self.scope, PROVIDERS, self.namespace, *pairs))

    @property
    def parent(self) -> str:
        """The id of the resource that this one is a part of; the scope where it is a part of none."""
        return self.path.rpartition("/")[0].rpartition("/")[0] if len(self.names) > 1 else self.scope

    @property
    def subscription(self) -> str:
        return _after(self.path, "subscriptions")

    @property
    def group(self) -> str:
        """The name of its resource group, or of the group itself; empty for none."""
        return _after(self.path, "resourcegroups")


def parse(path: str) -> Id:
    """The id in a decoded path. A path that is no id has no type."""
    segments = [part for part in path.split("/") if part]
    lowered = [part.lower() for part in segments]
    if PROVIDERS not in lowered:
        types, names = segments[0::2], segments[1::2]
        spelt = tuple(SEGMENTS.get(each.lower(), each) for each in types[: len(names)])
        rest = types[-1] if len(types) > len(names) else ""
        return Id("", RESOURCES, spelt, tuple(names), rest)
    at = len(lowered) - 1 - lowered[::-1].index(PROVIDERS)
    scope = _scope(segments[:at])
    if at + 1 == len(segments):
        return Id(scope, "", (), (), PROVIDERS)
    namespace, pairs = segments[at + 1], segments[at + 2 :]
    types, names = pairs[0::2], pairs[1::2]
    rest = types[-1] if len(types) > len(names) else ""
    return Id(scope, namespace, tuple(types[: len(names)]), tuple(names), rest)


def key(path: str) -> tuple[str, str]:
    """Where the store keeps the resource with this id: its collection, and its name there."""
    collection, _, name = path.strip("/").lower().rpartition("/")
    return f"{ROOT}/{collection}", name


def same(one: str, other: str) -> bool:
    return one.strip("/").lower() == other.strip("/").lower()


def _scope(segments: list[str]) -> str:
    return "".join(f"/{SEGMENTS.get(each.lower(), each) if at % 2 == 0 else each}" for at, each in enumerate(segments))


def _after(path: str, word: str) -> str:
    segments = path.strip("/").split("/")
    lowered = [each.lower() for each in segments]
    at = lowered.index(word) + 1 if word in lowered else len(segments)
    return segments[at] if at < len(segments) else ""
