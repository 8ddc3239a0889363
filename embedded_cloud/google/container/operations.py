"""Kubernetes Engine's operations: of their own shape, and running for as long as nodes are waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.container.names import ROOT, self_link
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


def begin(call: Call, kind: str, target: str, *, done: bool = True) -> Body:
    """A new operation on the cluster or pool at `target`."""
    _, project, _, location, *_ = target.split("/")
    name = f"operation-{call.store.next_id()}"
    now = zulu()
    operation: Body = {
        "name": name,
        "zone": location,
        "location": location,
        "operationType": kind,
        "status": "DONE" if done else "RUNNING",
        "selfLink": f"{ROOT}projects/{project}/locations/{location}/operations/{name}",
        "targetLink": self_link(target),
        "startTime": now,
        "progress": {},
        **({"endTime": now} if done else {}),
    }
    call.context.operations.keep(path(project, location, name), operation)
    return operation


def path(project: str, location: str, name: str) -> str:
    return f"container/projects/{project}/locations/{location}/operations/{name}"


def end(call: Call, place: str, failure: tuple[int, str] | None = None) -> None:
    """End the operation at `place`; `failure` is a canonical code and the message."""
    running = call.context.operations.get(place)
    if running is None or running["status"] == "DONE":
        return
    over = {**running, "status": "DONE", "endTime": zulu()}
    if failure is not None:
        code, message = failure
        over |= {"statusMessage": message, "error": {"code": code, "message": message}}
    call.context.operations.keep(place, over)
