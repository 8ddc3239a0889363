"""The instance as Compute Engine shows it, made from its group's template."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from embedded_cloud.google.compute.defaults import fingerprint
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.self_links import COMPUTE, link, name_of, split
from embedded_cloud.google.times import stamp

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

# The emulator's own marks on an instance; what begins with x- is never shown.
GROUP = "x-group"
ACTION = "x-action"
BOOT = "x-boot"
ERRORS = "x-errors"
PROPERTIES = "x-properties"

LETTERS = "bcdfghjklmnpqrstvwxz0123456789"
COPIED = [
    "tags",
    "serviceAccounts",
    "scheduling",
    "reservationAffinity",
    "canIpForward",
    "guestAccelerators",
    "minCpuPlatform",
    "shieldedInstanceConfig",
    "description",
    "confidentialInstanceConfig",
    "advancedMachineFeatures",
]


def new_name(store: Store, place: str, base: str) -> str:
    """A name as groups give them, `base-xxxx`: random to look at, the same again for a store with the same seed."""
    while True:
        value = store.number(f"name {store.next_id()}", len(LETTERS) ** 4)
        name = f"{base}-"
        for _ in range(4):
            value, letter = divmod(value, len(LETTERS))
            name += LETTERS[letter]
        if store.get(place, name) is None:
            return name


def instance_body(place: str, group_key: str, group: Body, properties: Body, name: str, number: str) -> Body:
    """A new instance, before its machine has booted. `place` is its collection's full name."""
    path = f"{place.removeprefix(COMPUTE)}/{name}"
    _, project, _, zone, *_ = path.split("/")
    group_path = group_key.removeprefix(COMPUTE).replace(f"projects/{project}", f"projects/{project_number(project)}")
    created = [
        {"key": "instance-template", "value": _numbered(group["instanceTemplate"], project)},
        {"key": "created-by", "value": group_path},
    ]
    items = [*(properties.get("metadata") or {}).get("items", ()), *created]
    where = f"projects/{project}/zones/{zone}"
    disks = [_disk(where, name, index, disk) for index, disk in enumerate(properties.get("disks") or ())]
    return {**bare_instance(place, properties, name, number, items), "disks": disks, GROUP: group_key}


def bare_instance(place: str, properties: Body, name: str, number: str, items: list[Body]) -> Body:
    """A new instance that no group has, before its machine has booted, without its disks; `items` are its metadata."""
    path = f"{place.removeprefix(COMPUTE)}/{name}"
    _, project, _, zone, *_ = path.split("/")
    where = f"projects/{project}/zones/{zone}"
    labels = properties.get("labels") or {}
    # A template names its policies alone (InstanceProperties.resourcePolicies, compute.v1): its instances' region's.
    region = f"projects/{project}/regions/{zone.rpartition('-')[0]}"
    policies = [link(f"{region}/resourcePolicies/{name_of(each)}") for each in properties.get("resourcePolicies") or ()]
    return {
        "kind": "compute#instance",
        "id": number,
        "creationTimestamp": stamp(),
        "name": name,
        "selfLink": link(path),
        "zone": link(where),
        "status": "PROVISIONING",
        "machineType": link(f"{where}/machineTypes/{properties['machineType']}"),
        **{field: properties[field] for field in COPIED if field in properties},
        **({"resourcePolicies": policies} if policies else {}),
        "networkInterfaces": [dict(each) for each in properties.get("networkInterfaces") or ()],
        "metadata": {"kind": "compute#metadata", "fingerprint": fingerprint(items), "items": items},
        "labels": labels,
        "labelFingerprint": fingerprint(labels),
        "deletionProtection": False,
        "startRestricted": False,
        GROUP: "",
        ACTION: "CREATING",
        ERRORS: [],
        PROPERTIES: properties,
    }


def running(store: Store, body: Body, address: str) -> Body:
    """The instance once its machine runs at `address`."""
    interfaces = [dict(each) for each in body["networkInterfaces"]]
    for index, each in enumerate(interfaces):
        each["networkIP"] = address if index == 0 else _made_up_address(store, body, each)
        for access in each.get("accessConfigs") or ():
            # TEST-NET-3 (RFC 5737): an external address that no machine has.
            access["natIP"] = f"203.0.113.{1 + store.number('external ' + body['id'], 254)}"
    now = stamp()
    return {
        **body,
        "status": "RUNNING",
        "networkInterfaces": interfaces,
        "lastStartTimestamp": now,
        "cpuPlatform": "Unknown CPU Platform",
        ACTION: "NONE",
        ERRORS: [],
    }


def _made_up_address(store: Store, body: Body, interface: Body) -> str:
    """An address of a further card's subnet: the machine behind the instance has its first card alone."""
    subnetwork = store.get(*split(interface["subnetwork"].removeprefix(link(""))))
    if subnetwork is None:
        return ""
    block = ipaddress.ip_network(subnetwork["ipCidrRange"])
    return str(block[2 + store.number(f"{interface['subnetwork']} {body['id']}", block.num_addresses - 4)])


def with_metadata(body: Body, key: str, value: str) -> Body:
    items = [item for item in body["metadata"].get("items", ()) if item["key"] != key]
    items.append({"key": key, "value": value})
    return {**body, "metadata": {"kind": "compute#metadata", "fingerprint": fingerprint(items), "items": items}}


def _numbered(template: str, project: str) -> str:
    path = template.removeprefix(link(""))
    return path.replace(f"projects/{project}/", f"projects/{project_number(project)}/", 1)


def _disk(where: str, name: str, index: int, disk: Body) -> Body:
    parameters = disk.get("initializeParams") or {}
    kept = {k: disk[k] for k in ("mode", "type", "boot", "autoDelete", "interface", "deviceName", "index") if k in disk}
    own = name if index == 0 else f"{name}-{index}"
    size = {"diskSizeGb": str(parameters["diskSizeGb"])} if parameters.get("diskSizeGb") else {}
    return {"kind": "compute#attachedDisk", **kept, **size, "source": link(f"{where}/disks/{name_of(own)}")}
