"""The identities that a machine of Azure's has, as its metadata service knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance


@dataclass(frozen=True)
class Identity:
    """`id` is its resource id, empty for the machine's own (system-assigned) one; `principal` is whom roles name."""

    id: str
    client: str
    principal: str


def identities(instance: Instance) -> list[Identity]:
    """All of them, the machine's own first."""
    given = instance.properties.get("identity") or {}
    own = [Identity("", "", given["principalId"])] if given.get("principalId") else []
    named = (given.get("userAssignedIdentities") or {}).items()
    return [*own, *(Identity(path, each["clientId"], each["principalId"]) for path, each in named)]


def chosen(instance: Instance, client: str = "", path: str = "") -> Identity | None:
    """The identity with this client or resource id; where neither is given, the machine's own or its only one."""
    found = identities(instance)
    if client or path:
        wanted = (each for each in found if _same(each.client, client) or _same(each.id, path))
        return next(wanted, None)
    own = [each for each in found if not each.id]
    return own[0] if own else found[0] if len(found) == 1 else None


def _same(one: str, other: str) -> bool:
    return bool(other) and one.lower() == other.lower()
