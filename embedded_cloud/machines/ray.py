"""Ray on played machines: none runs, but each waits to be told its head, and then reports what Ray would say."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.storage.content import read
from embedded_cloud.google.storage.names import live

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.store import Store

Facts = dict[str, Any]

NAMESPACE = uuid.UUID("3f0f4b0e-6a0e-4a5e-9b55-5a8d0f0c2a11")


def head_told(store: Store, config: Facts) -> Facts | None:
    """What the tool wrote of the head for the machine of this configuration; None before it did."""
    found = store.get(live(str(config["bucket"])), f"{config['deployment']}/files/ray-head.json")
    return dict(json.loads(read(store, found))) if found is not None else None


def of_record(instance: Instance, config: Facts, head: Facts) -> Facts:
    """The record's `ray`: in the cluster of the head, with the GPUs that the machine should have."""
    return {
        "head": head["name"],
        "address": f"{head['address']}:{config['ray']['port']}",
        "cluster": _made_up(config["deployment"], head["name"]),
        "node": _made_up(config["deployment"], instance.name),
        "gpus": config["gpus"] or 0,
    }


def of_metadata(told: Facts | None) -> dict[str, str]:
    """What stands of it in the object's metadata, for one listing; empty while the machine is in no cluster."""
    return {"ray": told["cluster"], "ray_gpus": str(told["gpus"])} if told else {"ray": ""}


def _made_up(*names: str) -> str:
    """An ID as long as Ray's own, the same at every look."""
    return (uuid.uuid5(NAMESPACE, "/".join(names)).hex * 2)[:56]
