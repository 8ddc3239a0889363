"""Instances of a group that are made and deleted by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.google.compute import resources
from embedded_cloud.google.compute.groups import instance_path, instances_collection, when_gone
from embedded_cloud.google.failure import ApiError, invalid
from embedded_cloud.google.self_links import full_name, name_of, split

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call, Slow
    from embedded_cloud.store import Body

NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
MOST = 1000
"""Instances that one call may name (docs.cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers)."""


def create(call: Call) -> Body:
    """Make instances of these names, and the group that much larger.

    The operation is done as soon as that is accepted; listManagedInstances says what becomes of them. Raises ApiError
    for a name that is taken.
    """
    where = resources.path(call)
    old = resources.body_at(call, where)
    names = [str(each.get("name", "")) for each in call.body.get("instances") or ()]
    if not names or len(names) > MOST:
        raise invalid(f"Invalid value for field 'instances': '{len(names)}'. There must be 1 to {MOST} instances.")
    for name in names:
        if not NAME.fullmatch(name):
            raise invalid(f"Invalid value for field 'instances.name': '{name}'. Must be a match of regex.")
        path = instance_path(where, name)
        if names.count(name) > 1 or call.store.get(*split(path)) is not None:
            raise ApiError(
                400, "invalid", f"Invalid value for field 'instances.name': '{name}'. Instance already exists."
            )
    resources.change(call, where, {**old, "targetSize": int(old["targetSize"]) + len(names)})
    call.context.groups.add_named(full_name(where), names)
    return resources.done(call, "createInstances", where, old["id"])


def delete(call: Call) -> Body | Slow:
    """End these instances and make the group that much smaller.

    Raises ApiError for one that isn't the group's, unless skipInstancesOnValidationError is set.
    """
    where = resources.path(call)
    old = resources.body_at(call, where)
    members = call.context.groups.instances_of(full_name(where))
    named = [name_of(each) for each in call.body.get("instances") or ()]
    if len(named) > MOST:
        raise invalid(f"Invalid value for field 'instances': '{len(named)}'. There must be at most {MOST} instances.")
    names = []
    for name in dict.fromkeys(named):
        if (
            name in members
            and call.context.groups.current_action(full_name(instance_path(where, name)))[0] != "DELETING"
        ):
            names.append(name)
        elif not call.body.get("skipInstancesOnValidationError"):
            told = f"Invalid value for field 'resource.instances': '{name}'. The instance isn't a member of the group."
            raise ApiError(400, "invalid", told)
    resources.change(call, where, {**old, "targetSize": max(0, int(old["targetSize"]) - len(names))})
    call.context.groups.leave(instances_collection(where), names)
    return when_gone(call, where, names, resources.done(call, "deleteInstances", where, old["id"]))
