"""Checks before every change: the group exists, the namespace is registered, no lock forbids it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import ROOT, key
from embedded_cloud.azure.providers import check_registered
from embedded_cloud.azure.references import everything, is_within, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

LOCKS = "microsoft.authorization/locks"


def check_group(call: Call) -> None:
    """Raise ArmError where the call's resource group isn't there."""
    group = call.id.group
    if not group or call.id.type == "Microsoft.Resources/subscriptions/resourceGroups":
        return
    found = call.store.get(*key(f"/subscriptions/{call.id.subscription}/resourceGroups/{group}"))
    if found is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def check_writable(call: Call) -> None:
    """Raise ArmError where nothing may be written there."""
    check_group(call)
    check_registered(call)
    for lock in locks(call.store, call.id.path):
        if lock["properties"]["level"] == "ReadOnly" and not call.id.type.lower() == LOCKS:
            raise locked("write", call.id.path, [lock])


def check_deletable(store: Store, path: str) -> None:
    """Raise ArmError where a lock on the resource, above it or below it forbids that it is deleted."""
    if LOCKS in path.lower():
        return
    found = [each for each in _all_locks(store) if is_within(path, scope_of(each)) or is_within(scope_of(each), path)]
    if found:
        raise locked("delete", path, found)


def locks(store: Store, path: str) -> Iterator[Body]:
    """The locks that hold for this id: its own, and those above it."""
    yield from (each for each in _all_locks(store) if is_within(path, scope_of(each)))


def locked(doing: str, path: str, found: list[Body]) -> ArmError:
    scopes = "', '".join(scope_of(each) for each in found)
    return ArmError(
        409,
        "ScopeLocked",
        f"The scope '{path}' cannot perform {doing} operation because following scope(s) are locked: '{scopes}'. "
        "Please remove the lock and try again.",
    )


def _all_locks(store: Store) -> Iterator[Body]:
    if any(each.endswith(LOCKS) for each in store.collections() if each.startswith(ROOT)):
        yield from (body for body in everything(store) if str(body.get("type", "")).lower() == LOCKS)
