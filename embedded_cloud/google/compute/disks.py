"""Disks: those that machines boot from, and those that outlive them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.engine.names import digest
from embedded_cloud.google.call import Slow
from embedded_cloud.google.compute import images, resources
from embedded_cloud.google.compute.defaults import fingerprint
from embedded_cloud.google.failure import ApiError, invalid, not_found
from embedded_cloud.google.self_links import COMPUTE, link, name_of, path_of, split
from embedded_cloud.google.times import stamp

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

DEFAULT_GB = "500"  # of an empty pd-standard disk: https://docs.cloud.google.com/compute/docs/disks/add-persistent-disk
IMAGE = "global/images/"


def get(call: Call) -> Body:
    """The disk, with the machines that it is attached to."""
    where = resources.path(call)
    return _with_users(call.store, resources.shown(resources.body_at(call, where)))


def listing(call: Call) -> Body:
    """The zone's disks."""
    rows = call.store.each(COMPUTE + "/".join(call.segments)).values()
    return resources.listing(call, [_with_users(call.store, each) for each in rows])


def insert(call: Call) -> Body:
    """Keep a new disk."""
    if call.body.get("sourceImage"):
        call.body.update(_of_image(call, call.body["sourceImage"], call.body))
    call.body.setdefault("type", f"zones/{call.segments[3]}/diskTypes/pd-standard")
    call.body.setdefault("sizeGb", DEFAULT_GB)
    return resources.insert(call)


def resize(call: Call) -> Body:
    """Make a disk larger. Raises ApiError for a smaller size, as Google does."""
    where = resources.path(call)
    old = resources.body_at(call, where)
    size = int(call.body.get("sizeGb") or 0)
    if size < int(old["sizeGb"]):
        told = "Disk cannot be resized to a smaller size than its current size."
        raise invalid(f"Invalid value for field 'sizeGb': '{size}'. {told}")
    resources.keep(call, where, {**old, "sizeGb": str(size)})
    return resources.done(call, "resizeDisk", where, old["id"])


def delete(call: Call) -> Body | Slow:
    """Delete a disk that no machine has."""
    where = resources.path(call)
    number = resources.body_at(call, where)["id"]
    operation = resources.delete(call)
    return Slow(operation, lambda: call.context.groups.drop_disk(volume_of(where, number)))


def volume_of(where: str, number: str) -> str:
    """The engine's volume that holds what is on the disk."""
    return f"rehearsal-disk-{digest(f'{where} {number}')}"


def volumes_of(store: Store, instance: Body) -> dict[str, str]:
    """The volumes of the disks that outlive an instance, each with its device name."""
    found = {}
    for disk in instance["disks"]:
        where = path_of(disk["source"], "")
        kept = None if disk.get("boot") else store.get(*split(where))
        if kept is not None:
            found[volume_of(where, kept["id"])] = str(disk["deviceName"])
    return found


def boot_disk(call: Call, place: str, name: str, disk: Body) -> Body:
    """The disk that a new machine boots from, made of what the machine's body says. Returns it as it is kept."""
    given = disk.get("initializeParams") or {}
    project = place.split("/")[1]
    where = f"{place}/disks/{name}"
    kind = name_of(str(given.get("diskType") or "pd-standard"))
    labels = given.get("labels") or {}
    body = {
        "kind": "compute#disk",
        "id": call.store.next_id(),
        "creationTimestamp": stamp(),
        "name": name,
        "selfLink": link(where),
        "zone": link(place),
        "type": link(f"{place}/diskTypes/{kind}"),
        "status": "READY",
        "physicalBlockSizeBytes": "4096",
        "labels": labels,
        "labelFingerprint": fingerprint(labels),
        **_of_image(call, path_of(str(given.get("sourceImage", "")), project), {"sizeGb": given.get("diskSizeGb")}),
    }
    return call.store.put(*split(where), body)


def _of_image(call: Call, reference: str, given: Body) -> Body:
    """What a disk has of the image that it is made from. Raises ApiError where there is no such image."""
    path = path_of(reference, call.segments[1])
    if IMAGE not in path:
        raise invalid(f"Invalid value for field 'resource.sourceImage': '{reference}'. The URL is malformed.")
    parts = path.split("/")
    try:
        image = images.of_family(call, *parts) if "/family/" in path else images.get(call, *parts)
    except ApiError as refused:
        raise not_found(path) from refused
    size = int(given.get("sizeGb") or image["diskSizeGb"])
    if size < int(image["diskSizeGb"]):
        # https://github.com/hashicorp/packer/issues/4143 has these words
        told = f"Requested disk size cannot be smaller than the image size ({image['diskSizeGb']} GB)"
        raise invalid(f"Invalid value for field 'resource.disks[0].initializeParams.diskSizeGb': '{size}'. {told}")
    found = {"sourceImage": image["selfLink"], "sourceImageId": image["id"], "sizeGb": str(size)}
    return {**found, "architecture": image["architecture"]}


def _with_users(store: Store, disk: Body) -> Body:
    instances = store.each(f"{COMPUTE}{path_of(disk['zone'], '')}/instances").values()
    users = [each["selfLink"] for each in instances if any(d.get("source") == disk["selfLink"] for d in each["disks"])]
    return {**disk, **({"users": users} if users else {})}
