"""Service Usage: every API is enabled unless it was disabled here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import not_emulated

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

ALWAYS_LISTED = [
    "cloudresourcemanager",
    "compute",
    "file",
    "iam",
    "iamcredentials",
    "iap",
    "logging",
    "monitoring",
    "notebooks",
    "oslogin",
    "serviceusage",
    "storage",
]


def answer(call: Call) -> Any:  # noqa: PLR0911 one line a method
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix("serviceusage.")
    if verb == "operations.get":
        found = call.context.operations.get("serviceusage/" + "/".join(call.segments[1:]))
        return found or {"name": "/".join(call.segments[1:]), "done": True, "response": {}}
    parent = "/".join(call.segments[1:3])
    if verb == "services.list":
        services = [_service(call, parent, f"{name}.googleapis.com") for name in ALWAYS_LISTED]
        wanted = call.one("filter").partition(":")[2]
        return {"services": [each for each in services if not wanted or each["state"] == wanted]}
    if verb == "services.get":
        return _service(call, parent, call.resource[-1])
    if verb == "services.batchGet":
        names = call.request.query.get("names", [])
        return {"services": [_service(call, parent, name.rpartition("/")[2]) for name in names]}
    if verb == "services.enable":
        return _switch(call, parent, [call.resource[-1]], on=True)
    if verb == "services.batchEnable":
        parent = "/".join(call.resource[1:3])
        return _switch(call, parent, call.body.get("serviceIds") or [], on=True)
    if verb == "services.disable":
        return _switch(call, parent, [call.resource[-1]], on=False)
    raise not_emulated(f"the method {call.method.id}")


def _place(parent: str) -> str:
    return f"//serviceusage.googleapis.com/{parent}/disabled"


def _service(call: Call, parent: str, name: str) -> Body:
    on = call.store.get(_place(parent), name) is None and name not in call.context.conditions.services_off
    return {
        "name": f"projects/{project_number(parent.rpartition('/')[2])}/services/{name}",
        "parent": f"projects/{project_number(parent.rpartition('/')[2])}",
        "config": {"name": name},
        "state": "ENABLED" if on else "DISABLED",
    }


def _switch(call: Call, parent: str, names: list[str], *, on: bool) -> Body:
    for name in names:
        if on:
            call.store.delete(_place(parent), name)
        else:
            call.store.put(_place(parent), name, {"name": name}, before=True)
    services = [_service(call, parent, name) for name in names]
    return call.context.operations.longrunning("serviceusage", {"services": services, "service": services[0]})
