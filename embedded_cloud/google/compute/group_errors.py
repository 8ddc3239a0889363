"""The errors of instance groups, kept for listErrors until the group is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.times import stamp

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

PLACE = "//rehearsal/group-errors"
KEPT = 500
"""The last ones a group; how many the real one keeps isn't documented."""


def note(store: Store, group: str, failure: dict[str, str], action: Body) -> None:
    """Add `failure` ({"code", "message"}) of the group with this full name; `action` is what it was doing."""
    with store.lock:
        item = {"timestamp": stamp(), "error": failure, "instanceActionDetails": action}
        store.put(PLACE, group, {"items": [*errors_of(store, group), item][-KEPT:]})


def errors_of(store: Store, group: str) -> list[Body]:
    """The group's failures, the oldest first."""
    return list((store.get(PLACE, group) or {}).get("items", ()))


def forget(store: Store, group: str) -> None:
    """Delete the errors of a group that is gone."""
    store.delete(PLACE, group)
