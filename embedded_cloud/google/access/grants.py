"""What the machines' own accounts may do: their roles on the project and on buckets, with conditions.

People may do all that conditions.json doesn't deny; so may Google's own accounts, and those of other projects.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from embedded_cloud.google.access import policies
from embedded_cloud.google.access.account_names import collection, project_of
from embedded_cloud.google.access.custom_roles import role_of
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.tokens import who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

PROJECTS = "//cloudresourcemanager.googleapis.com/projects/"
ALL = "*"

_OBJECTS = "storage.objects."
# As far as clusters use them: https://docs.cloud.google.com/storage/docs/access-control/iam-roles and
# https://docs.cloud.google.com/iam/docs/roles-permissions (both read 2026-11-30).
ROLES: dict[str, frozenset[str]] = {
    "roles/owner": frozenset({ALL}),
    "roles/editor": frozenset({ALL}),
    "roles/storage.admin": frozenset({"storage.*"}),
    "roles/storage.objectAdmin": frozenset({f"{_OBJECTS}*"}),
    "roles/storage.objectUser": frozenset(
        f"{_OBJECTS}{verb}" for verb in ("create", "delete", "get", "list", "update")
    ),
    "roles/storage.objectViewer": frozenset(f"{_OBJECTS}{verb}" for verb in ("get", "list")),
    "roles/storage.objectCreator": frozenset({f"{_OBJECTS}create"}),
    "roles/compute.admin": frozenset({"compute.*"}),
    "roles/compute.instanceAdmin.v1": frozenset(
        {"compute.instances.*", "compute.instanceGroupManagers.*", "compute.disks.*", "compute.zoneOperations.*"}
    ),
    "roles/compute.viewer": frozenset({"compute.*.get", "compute.*.list"}),
}
# The two forms of conditions that clusters use: https://docs.cloud.google.com/iam/docs/conditions-attribute-reference.
STARTS = re.compile(r"resource\.name\.startsWith\((?P<prefix>'[^']*'|\"[^\"]*\")\)")
EXTRACTS = re.compile(r"resource\.name\.extract\((?P<template>'[^']*'|\"(?:[^\"\\]|\\.)*\")\) == (?:\"\"|'')")


def check_project(store: Store, request: Request, project: str, permission: str, resource: str) -> None:
    """Raise ApiError where a machine's account lacks the permission on its project."""
    account = _account(store, request)
    if account and not _held(store, [PROJECTS + project], account, permission, resource):
        raise ApiError(403, "forbidden", f"Required '{permission}' permission for '{resource}'")


def check_object(store: Store, request: Request, bucket: str, permission: str, resource: str) -> None:
    """Raise ApiError where a machine's account lacks the permission on the object, or bucket, `resource`."""
    account = _account(store, request)
    if not account:
        return
    places = [f"//storage.googleapis.com/projects/_/buckets/{bucket}", PROJECTS + project_of(account)]
    if not _held(store, places, account, permission, resource):
        told = f"{account} does not have {permission} access to the Google Cloud Storage object. Permission "
        raise ApiError(403, "forbidden", f"{told}'{permission}' denied on resource (or it may not exist).")


def _account(store: Store, request: Request) -> str:
    """The project's own account that asks; empty for anybody else."""
    mail = who(request)
    project = project_of(mail)
    return mail if project and store.get(collection(project), mail) is not None else ""


def _held(store: Store, places: Iterable[str], account: str, permission: str, resource: str) -> bool:
    member = f"serviceAccount:{account}"
    bindings = [each for place in places for each in policies.read(store, place, 3).get("bindings", ())]
    return any(
        member in each["members"]
        and _allows(store, each["role"], permission)
        and _holds(each.get("condition"), resource)
        for each in bindings
    )


def _allows(store: Store, role: str, permission: str) -> bool:
    custom = role_of(store, role)
    held = frozenset(custom.get("includedPermissions") or ()) if custom is not None else ROLES.get(role, frozenset())
    return any(_covers(each, permission) for each in held)


def _covers(held: str, permission: str) -> bool:
    return re.fullmatch(re.escape(held).replace(r"\*", ".*"), permission) is not None


def _holds(condition: Body | None, resource: str) -> bool:
    """Whether a binding's condition holds for the resource; one of another form holds for none."""
    if not condition:
        return True
    expression = str(condition.get("expression", ""))
    if found := STARTS.fullmatch(expression):
        return resource.startswith(_text(found["prefix"]))
    if found := EXTRACTS.fullmatch(expression):
        before, _, after = _text(found["template"]).partition("{rest}")
        return before not in resource or (bool(after) and after not in resource.partition(before)[2])
    return False


def _text(literal: str) -> str:
    return literal[1:-1] if literal.startswith("'") else str(json.loads(literal))
