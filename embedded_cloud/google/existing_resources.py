"""Resources that an env file names and that exist beforehand: buckets and service accounts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access.account_names import collection, project_of
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
            owner = project_of(str(mail))
            if owner and store.get(collection(owner), str(mail)) is None:
                store.put(collection(owner), str(mail), account(owner, str(mail), store.next_id()), before=True)
