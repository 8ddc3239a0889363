"""The users that the cluster ever had, as the controller keeps them: one who is taken off the list is locked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cluster_provision.errors import StateStoreError
from cluster_provision.slurm.cluster import ClusterUser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.state.existing.store import ControllerStore

NAME = "users.json"


def kept_users(store: ControllerStore) -> list[ClusterUser]:
    """The users, without their keys. Raises StateStoreError where they can't be read."""
    text = store.read(NAME)
    try:
        return [ClusterUser(**{**each, "keys": ()}) for each in json.loads(text)] if text else []
    except (ValueError, TypeError) as failure:
        raise StateStoreError(f"{NAME} in {store.uri} can't be understood: something else wrote it") from failure


def keep_users(store: ControllerStore, users: Sequence[ClusterUser]) -> None:
    """Write them, where they differ from those that are kept."""
    text = json.dumps([{**asdict(each), "keys": []} for each in users])
    if store.read(NAME) != text and users:
        store.write(NAME, text)
