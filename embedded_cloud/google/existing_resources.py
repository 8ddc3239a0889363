"""Resources that an env file names and that exist beforehand: buckets and service accounts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access.account_names import OF_A_PROJECT, collection
from embedded_cloud.google.access.service_accounts import account
from embedded_cloud.google.compute.initial_state import prepare
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.storage.buckets import add_existing

if TYPE_CHECKING:
    from embedded_cloud.store import Store


def expect(store: Store, given: dict[str, Any]) -> None:
    """Keep what `given` names: {"project", "buckets", "service_accounts"}."""
    if "project" not in given:
        return
    project = str(given["project"] or "rehearsal")
    with store.lock:
        prepare(store, project)
        for name in given.get("buckets") or ():
            with contextlib.suppress(ApiError):  # no name for a bucket: the settings' to refuse
                add_existing(store, str(name), project)
        for mail in given.get("service_accounts") or ():
            found = OF_A_PROJECT.fullmatch(str(mail))
            if found and store.get(collection(found[1]), mail) is None:
                body = account(found[1], str(mail), store.next_id())
                store.put(collection(found[1]), str(mail), body, before=True)
