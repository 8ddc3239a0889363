"""Managed instance groups: their size, their instances, and what goes wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.call import Slow
from embedded_cloud.google.compute import group_errors, resources
from embedded_cloud.google.compute.instances import template_of
from embedded_cloud.google.failure import ApiError, invalid, not_found
from embedded_cloud.google.pages import page
from embedded_cloud.google.self_links import full_name, link, name_of, path_of, split

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


def insert(call: Call) -> Body:
    operation = resources.insert(call)
    call.context.groups.changed()
    return operation


def get(call: Call) -> Body:
    return view(call, resources.path(call))


def listing(call: Call) -> Body:
    rows = call.store.each(full_name("/".join(call.segments)))
    return resources.listing(call, [view(call, f"{'/'.join(call.segments)}/{name}") for name in rows])


def patch(call: Call) -> Body:
    if "versions" not in call.body and "instanceTemplate" in call.body:
        call.body["versions"] = [{"instanceTemplate": call.body["instanceTemplate"]}]
    operation = resources.patch(call)
    call.context.groups.changed()
    return operation


def resize(call: Call) -> Body:
    size = call.number("size")
    if size < 0:
        raise invalid(f"Invalid value for field 'size': '{size}'. Must be at least 0.")
    return _set_size(call, size)


def set_template(call: Call) -> Body:
    resources.refuse_missing(call, "instanceTemplate")
    where = resources.path(call)
    old = resources.body_at(call, where)
    template = link(path_of(call.body["instanceTemplate"], call.segments[1]))
    resources.change(call, where, {**old, "versions": [{"instanceTemplate": template}]})
    call.context.groups.changed()
    return resources.done(call, "setInstanceTemplate", where, old["id"])


def set_target_pools(call: Call) -> Body:
    where = resources.path(call)
    old = resources.body_at(call, where)
    resources.keep(call, where, {**old, "targetPools": call.body.get("targetPools") or []})
    return resources.done(call, "setTargetPools", where, old["id"])


def delete(call: Call) -> Body | Slow:
    """Delete the group; the answer waits until its machines are gone, as the real operation does."""
    where = resources.path(call)
    number = resources.body_at(call, where)["id"]
    members = list(call.context.groups.instances_of(full_name(where)))
    resources.forget(call, where)
    group_errors.forget(call.store, full_name(where))
    return when_gone(call, where, members, resources.done(call, "delete", where, number))


def recreate_instances(call: Call) -> Body:
    where = resources.path(call)
    call.context.groups.recreate(instances_collection(where), _named(call, where))
    call.context.groups.changed()
    return resources.done(call, "recreateInstances", where, resources.body_at(call, where)["id"])


def apply_updates(call: Call) -> Body:
    """Recreate the instances that have another template than the group."""
    where = resources.path(call)
    group = resources.body_at(call, where)
    members = call.context.groups.instances_of(full_name(where))
    names = list(members) if call.body.get("allInstances") else _named(call, where)
    stale = [name for name in names if template_of(members[name]) != group["instanceTemplate"]]
    call.context.groups.recreate(instances_collection(where), stale)
    call.context.groups.changed()
    return resources.done(call, "applyUpdatesToInstances", where, group["id"])


def managed_instances(call: Call) -> Body:
    where = resources.path(call)
    members = call.context.groups.instances_of(full_name(where))
    items = [(name, _managed(call, where, name, body)) for name, body in members.items()]
    found, following = page(items, call.one("maxResults"), call.one("pageToken"))
    answer: Body = {"managedInstances": found} if found else {}
    return {**answer, "nextPageToken": following} if following else answer


def errors(call: Call) -> Body:
    """All errors of the group's instances, also of those that run by now."""
    where = resources.path(call)
    items = [(str(n).zfill(6), item) for n, item in enumerate(group_errors.errors_of(call.store, full_name(where)))]
    found, following = page(items, call.one("maxResults"), call.one("pageToken"))
    answer: Body = {"items": found} if found else {}
    return {**answer, "nextPageToken": following} if following else answer


def per_instance_configs(call: Call) -> Body:
    resources.path(call)
    return {}


def view(call: Call, where: str) -> Body:
    """The group as its readers see it now, with its instances counted by their actions."""
    body = resources.shown(resources.body_at(call, where))
    members = call.context.groups.instances_of(full_name(where))
    actions = dict.fromkeys(("none", "creating", "deleting", "recreating", "verifying", "abandoning"), 0)
    actions |= {"refreshing": 0, "restarting": 0, "creatingWithoutRetries": 0}
    for name in members:
        action, _ = call.context.groups.current_action(full_name(instance_path(where, name)))
        actions[action.lower()] += 1
    size = int(body["targetSize"])
    stable = actions["none"] == size == len(members)
    template = body["instanceTemplate"]
    reached = stable and all(template_of(each) == template for each in members.values())
    return {
        **body,
        "currentActions": actions,
        "status": {
            "isStable": stable,
            "versionTarget": {"isReached": reached},
            "stateful": {"hasStatefulConfig": False, "perInstanceConfigs": {"allEffective": True}},
            "allInstancesConfig": {"effective": True},
        },
    }


# the unmanaged look at the same group

INSTANCE_GROUP = re.compile(r"(.+)/instanceGroups/([^/]+)")


def instance_group(call: Call) -> Body:
    return _group_body(call, _manager_path("/".join(call.resource)))


def instance_group_listing(call: Call) -> Body:
    managers = "/".join((*call.segments[:-1], "instanceGroupManagers"))
    names = call.store.each(full_name(managers))
    return resources.listing(call, [_group_body(call, f"{managers}/{name}") for name in names])


def instances_of_group(call: Call) -> Body:
    where = _manager_path("/".join(call.resource))
    resources.body_at(call, where)
    members = call.context.groups.instances_of(full_name(where))
    wanted = call.body.get("instanceState", "ALL")
    items = [
        {"instance": body["selfLink"], "status": body["status"]}
        for body in members.values()
        if wanted == "ALL" or body["status"] == "RUNNING"
    ]
    return resources.listing(call, items)


def _group_body(call: Call, where: str) -> Body:
    group = resources.body_at(call, where)
    members = call.context.groups.instances_of(full_name(where))
    kept = ("creationTimestamp", "zone", "name", "description", "id", "fingerprint")
    return {
        **{k: group[k] for k in kept if k in group},
        "kind": "compute#instanceGroup",
        "selfLink": group["instanceGroup"],
        "size": len(members),
        "namedPorts": group.get("namedPorts", []),
        **{k: v for body in list(members.values())[:1] for k, v in _network_of(body).items()},
    }


def _network_of(instance: Body) -> dict[str, str]:
    nic = instance["networkInterfaces"][0] if instance.get("networkInterfaces") else {}
    return {k: nic[k] for k in ("network", "subnetwork") if k in nic}


def _manager_path(group: str) -> str:
    found = INSTANCE_GROUP.fullmatch(group)
    if not found:
        raise not_found(group)
    return f"{found[1]}/instanceGroupManagers/{found[2]}"


def _set_size(call: Call, size: int) -> Body:
    where = resources.path(call)
    old = resources.body_at(call, where)
    resources.change(call, where, {**old, "targetSize": size})
    call.context.groups.changed()
    return resources.done(call, "resize", where, old["id"])


def when_gone(call: Call, where: str, names: list[str], operation: Body) -> Body | Slow:
    collection = instances_collection(where)
    if not names:
        return operation
    return Slow(operation, lambda: call.context.groups.remove_now(collection, names))


def _managed(call: Call, where: str, name: str, body: Body) -> Body:
    action, failures = call.context.groups.current_action(full_name(instance_path(where, name)))
    item: dict[str, Any] = {
        "instance": body["selfLink"],
        "id": body["id"],
        "name": name,
        "currentAction": action,
        "version": {"instanceTemplate": template_of(body)},
    }
    if body["status"] != "PROVISIONING":
        item["instanceStatus"] = body["status"]
    item["lastAttempt"] = {"errors": {"errors": failures}} if failures else {}
    return item


def _named(call: Call, where: str) -> list[str]:
    """The instances that the body names. Raises ApiError for one of another group."""
    members = call.context.groups.instances_of(full_name(where))
    names = [name_of(each) for each in call.body.get("instances") or ()]
    for name in names:
        if name not in members:
            raise ApiError(
                400,
                "invalid",
                f"Invalid value for field 'resource.instances': '{name}'. The instance isn't a member of the group.",
            )
    return names


def instances_collection(where: str) -> str:
    return split(instance_path(where, "x"))[0]


def instance_path(where: str, name: str) -> str:
    return f"{where.partition('/instanceGroupManagers/')[0]}/instances/{name}"
