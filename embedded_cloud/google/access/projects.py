"""Cloud Resource Manager (v1 and v3): every well-formed project is there, and in it all is allowed that conditions.json
does not deny."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access import policies
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import ApiError, not_emulated

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{6,15}")
PERMISSION = re.compile(r"[a-z]+\.[A-Za-z]+\.[A-Za-z]+")
SINCE = "2024-01-01T00:00:00.000Z"


def full_name(project: str) -> str:
    return f"//cloudresourcemanager.googleapis.com/projects/{project}"


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix("cloudresourcemanager.projects.")
    if verb not in ("get", "getIamPolicy", "setIamPolicy", "testIamPermissions", "getAncestry"):
        raise not_emulated(f"the method {call.method.id}")
    project = call.resource[2]
    if not PROJECT.fullmatch(project):
        message = f"Permission 'resourcemanager.projects.get' denied on resource '//{full_name(project)}'"
        raise ApiError(403, "forbidden", message + " (or it may not exist).")
    if verb == "get":
        return _v3(project) if call.segments[0] == "v3" else _v1(project)
    if verb == "testIamPermissions":
        return _held(call)
    if verb == "getAncestry":
        return {"ancestor": [{"resourceId": {"type": "project", "id": project}}]}
    if verb == "setIamPolicy":
        return policies.write(call.store, full_name(project), call.body.get("policy") or {}, _default(project))
    version = int((call.body.get("options") or {}).get("requestedPolicyVersion") or 1)
    return policies.read(call.store, full_name(project), version, _default(project))


def _held(call: Call) -> Body:
    """The permissions that the caller has. Raises ApiError for an invalid one, as Google does."""
    asked = call.body.get("permissions", [])
    for permission in asked:
        if not PERMISSION.fullmatch(permission) or permission in call.context.conditions.untestable:
            raise ApiError(400, "badRequest", f"Permission {permission} is not valid for this resource.")
    held = [each for each in asked if each not in call.context.conditions.denied]
    return {"permissions": held} if held else {}


def _default(project: str) -> list[Body]:
    """What a new project's policy holds."""
    number = project_number(project)
    return [{"role": "roles/editor", "members": [f"serviceAccount:{number}@cloudservices.gserviceaccount.com"]}]


def _v1(project: str) -> Body:
    return {
        "projectNumber": project_number(project),
        "projectId": project,
        "lifecycleState": "ACTIVE",
        "name": project,
        "createTime": SINCE,
        "labels": {},
    }


def _v3(project: str) -> Body:
    return {
        "name": f"projects/{project_number(project)}",
        "projectId": project,
        "state": "ACTIVE",
        "displayName": project,
        "createTime": SINCE,
        "updateTime": SINCE,
        "etag": 'W/"0"',
        "labels": {},
    }
