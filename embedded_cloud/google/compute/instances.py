"""Calls that read or delete instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.call import Slow
from embedded_cloud.google.compute import resources, single_instances
from embedded_cloud.google.compute.group_instances import GROUP
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.self_links import link, split

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


def template_of(body: Body) -> str:
    """The self link of the template that the instance was made from."""
    _, project, *_ = body["selfLink"].removeprefix(link("")).split("/")
    items = body["metadata"].get("items", ())
    value = next((item["value"] for item in items if item["key"] == "instance-template"), "")
    return link(value.replace(f"projects/{project_number(project)}/", f"projects/{project}/", 1))


def delete(call: Call) -> Body | Slow:
    """End an instance. Its group makes another one, where it still wants it.

    Raises ApiError where the instance is protected: https://cloud.google.com/compute/docs/instances/preventing-accidental-vm-deletion.
    """
    where = resources.path(call)
    body = resources.body_at(call, where)
    collection, name = split(where)

    def gone() -> None:
        call.context.groups.remove_now(collection, [name])
        if body[GROUP]:
            call.context.groups.changed()
        else:
            single_instances.forget_disks(call, body)

    return Slow(resources.done(call, "delete", where, body["id"]), gone)


def serial_port(call: Call) -> Body:
    resources.path(call)
    text = "rehearsal: this machine is made up; it has no serial port.\n"
    return {"kind": "compute#serialPortOutput", "contents": text, "start": "0", "next": str(len(text))}
