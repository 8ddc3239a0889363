"""Cloud Monitoring's dashboards (monitoring.v1): kept as they are given, under names that the API makes up."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import ApiError, invalid, not_emulated
from embedded_cloud.google.pages import page

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

MONITORING = "//monitoring.googleapis.com/"
LAYOUTS = ("gridLayout", "mosaicLayout", "rowLayout", "columnLayout")


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix("monitoring.projects.dashboards.")
    if verb not in ("create", "get", "list", "patch", "delete"):
        raise not_emulated(f"the method {call.method.id}")
    # Dashboards are known by the project's number, and asked for by its name too.
    project = call.segments[2]
    parent = f"projects/{project if project.isdigit() else project_number(project)}/dashboards"
    if verb == "create":
        return _create(call, parent)
    if verb == "list":
        rows = sorted(call.store.each(MONITORING + parent).items())
        shown, following = page(rows, call.one("pageSize"), call.one("pageToken"))
        return {"dashboards": shown, **({"nextPageToken": following} if following else {})}
    name = call.resource[-1]
    found = call.store.get(MONITORING + parent, name)
    if found is None:
        message = f"Requested entity was not found. The dashboard {parent}/{name} does not exist."
        raise ApiError(404, "notFound", message)
    if verb == "patch":
        if call.body.get("etag") not in (None, "", found["etag"]):
            raise ApiError(409, "aborted", "The dashboard was changed meanwhile: its etag is another.", "ABORTED")
        return _keep(call, parent, name)
    if verb == "delete":
        call.store.delete(MONITORING + parent, name)
        return {}
    return found


def _create(call: Call, parent: str) -> Body:
    number = call.store.number(f"dashboard {call.store.next_id()}", 2**96)
    return _keep(call, parent, str(uuid.UUID(int=number)))


def _keep(call: Call, parent: str, name: str) -> Body:
    given = {k: v for k, v in call.body.items() if k not in ("name", "etag")}
    if not given.get("displayName"):
        raise invalid("Field displayName must be set.")
    if sum(layout in given for layout in LAYOUTS) > 1:
        raise invalid("Only one layout may be set.")
    etag = hashlib.sha256(json.dumps([given, call.store.next_id()], sort_keys=True).encode()).hexdigest()[:32]
    return call.store.put(MONITORING + parent, name, {**given, "name": f"{parent}/{name}", "etag": etag})
