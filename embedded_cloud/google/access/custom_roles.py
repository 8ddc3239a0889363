"""Custom roles of projects. A deleted one keeps its id: https://docs.cloud.google.com/iam/docs/creating-custom-roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.failure import ApiError, invalid, not_emulated
from embedded_cloud.google.pages import page

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

PREFIX = "iam.projects.roles."
ROLE_ID = re.compile(r"[a-zA-Z0-9_.]{3,64}")
PERMISSION = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")
NAME = re.compile(r"projects/(?P<project>[^/]+)/roles/(?P<role>[^/]+)")
SETTABLE = ("title", "description", "includedPermissions", "stage")


def collection(project: str) -> str:
    """Where the store keeps the roles of a project, by id."""
    return f"//iam.googleapis.com/projects/{project}/roles"


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix(PREFIX)
    if verb == "create":
        return create(call)
    if verb == "list":
        return listing(call)
    if verb not in ON_ONE:
        raise not_emulated(f"the method {call.method.id}")
    project, role = call.resource[2], call.resource[4]
    found = call.store.get(collection(project), role)
    if found is None:
        raise ApiError(404, "notFound", f"The role named projects/{project}/roles/{role} was not found.")
    return ON_ONE[verb](call, project, found)


def role_of(store: Store, name: str) -> Body | None:
    """The role `projects/p/roles/r`; None where there is none, or where it was deleted."""
    named = NAME.fullmatch(name)
    found = store.get(collection(named["project"]), named["role"]) if named else None
    return None if found is None or found.get("deleted") else found


def create(call: Call) -> Body:
    """Keep a new role. Raises ApiError where its id is taken, also by one that was deleted."""
    project, role = call.segments[2], str(call.body.get("roleId", ""))
    if not ROLE_ID.fullmatch(role):
        raise invalid(
            f"The role ID {role!r} is invalid: it must have 3 to 64 letters, digits, underscores and periods."
        )
    old = call.store.get(collection(project), role)
    if old is not None:
        told = "has been deleted; undelete it to use its ID" if old.get("deleted") else "already exists"
        raise ApiError(409, "alreadyExists", f"A role named {role} in projects/{project} {told}.")
    given = call.body.get("role") or {}
    _check(given)
    body = {"name": f"projects/{project}/roles/{role}", "stage": "ALPHA", "etag": "BwYAAAAAAAE="}
    body |= {key: given[key] for key in SETTABLE if given.get(key)}
    return call.store.put(collection(project), role, body)


def listing(call: Call) -> Body:
    """The project's roles; the deleted ones where they are asked for, and permissions only in the view FULL."""
    deleted, full = call.one("showDeleted") == "true", call.one("view") == "FULL"
    rows = [(name, each) for name, each in call.store.each(collection(call.segments[2])).items()]
    items = [
        (name, each if full else {k: v for k, v in each.items() if k != "includedPermissions"})
        for name, each in rows
        if deleted or not each.get("deleted")
    ]
    found, following = page(items, call.one("pageSize"), call.one("pageToken"), most=1000)
    answer: Body = {"roles": found} if found else {}
    return {**answer, "nextPageToken": following} if following else answer


def _get(call: Call, project: str, found: Body) -> Body:
    return found


def _patch(call: Call, project: str, found: Body) -> Body:
    _check(call.body)
    mask = {part.strip() for part in call.one("updateMask").split(",") if part.strip()}
    changes = {k: v for k, v in call.body.items() if k in SETTABLE and (not mask or k in mask)}
    return _keep(call, project, {**found, **changes})


def _delete(call: Call, project: str, found: Body) -> Body:
    return _keep(call, project, {**found, "deleted": True})


def _undelete(call: Call, project: str, found: Body) -> Body:
    return _keep(call, project, {k: v for k, v in found.items() if k != "deleted"})


ON_ONE = {"get": _get, "patch": _patch, "delete": _delete, "undelete": _undelete}


def _keep(call: Call, project: str, body: Body) -> Body:
    # one that was deleted is no leftover: it costs nothing, and Google ends it by itself
    role = body["name"].rpartition("/")[2]
    call.store.delete(collection(project), role)
    return call.store.put(collection(project), role, body, before=bool(body.get("deleted")))


def _check(given: Body) -> None:
    for permission in given.get("includedPermissions") or ():
        if not PERMISSION.fullmatch(permission):
            raise invalid(f"Permission {permission} is not valid.")
