"""Resource groups, which are deleted with all that is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure import locks, resources
from embedded_cloud.azure.compute import scale_sets, virtual_machines
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.references import everything, is_within
from embedded_cloud.azure.storage import accounts as storage_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embedded_cloud.azure.call import Call
    from embedded_cloud.exchange import Answer


def answer(call: Call, verbs: Mapping[str, Callable[[Call], Answer]]) -> Answer:
    return delete(call) if call.request.method == "DELETE" else verbs[call.request.method](call)


def delete(call: Call) -> Answer:
    """Delete the group with all that is in it. The operation is over once its machines are gone."""
    group = resources.existing(call)
    locks.check_deletable(call.store, group["id"])
    inside = [each for each in everything(call.store) if is_within(each["id"], group["id"])]
    going = [each for each in inside if each["type"] == scale_sets.TYPE or virtual_machines.is_single(each)]
    storage_accounts.forget_group(call, group["id"])
    if not going:
        resources.forget(call, group)
        return resources.accepted(call)
    for each in going:
        begin = scale_sets.begin_delete if each["type"] == scale_sets.TYPE else virtual_machines.begin_delete
        begin(call, each)

    def look() -> dict[str, object] | None:
        if any(call.context.scale_sets.busy(each["id"]) for each in going):
            return None
        with call.store.lock:
            if call.store.get(*key(group["id"])) is not None:
                resources.forget(call, group)
        return {}

    return resources.accepted(call, look)
