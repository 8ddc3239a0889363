"""Why Compute Engine refuses to make an instance of a group: cards, disks, maintenance, reservations.

The texts are Google's own where a source is given; the codes are those of operations' errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import MachineType, existing_type
from embedded_cloud.google.compute import reservations
from embedded_cloud.google.compute.network_profiles import elsewhere, zone_of
from embedded_cloud.google.compute.references import find
from embedded_cloud.google.self_links import name_of, path_of

if TYPE_CHECKING:
    from embedded_cloud.google.conditions import GoogleConditions
    from embedded_cloud.store import Body, Store

NOT_VALID = "INVALID_FIELD_VALUE"


@dataclass(frozen=True)
class Refused:
    """A reason why the instance can't be made."""

    code: str
    message: str


def refusal(store: Store, conditions: GoogleConditions, instance: Body) -> Refused | None:
    """The refusal of `instance`, as it is in the store; None where nothing forbids it.

    Called with the store's lock held: what it takes from a reservation is the instance's then.
    """
    path = path_of(instance["machineType"], "")
    if existing_type(name_of(path)) is None and not conditions.described("machine_types", name_of(path)):
        return Refused("RESOURCE_NOT_FOUND", f"The resource '{path}' was not found")
    for check in (_policies, _cards, _networks, _disks, _maintenance):
        found = check(store, instance)
        if found is not None:
            return found
    taken = reservations.take(store, instance)
    return Refused(*taken) if taken else None


def _policies(store: Store, instance: Body) -> Refused | None:
    missing = [each for each in instance.get("resourcePolicies", ()) if find(store, path_of(each, "")) is None]
    if not missing:
        return None
    return Refused("RESOURCE_NOT_FOUND", f"The resource '{path_of(missing[0], '')}' was not found")


def _cards(_: Store, instance: Body) -> Refused | None:
    most = _facts(instance).nics
    if not most or len(instance["networkInterfaces"]) <= most:
        return None
    # https://github.com/GoogleCloudPlatform/pubsec-declarative-toolkit/issues/625 (2023-10) has the beginning
    message = (
        "Invalid value for field 'resource.networkInterfaces': ''. Too many network interfaces. The maximum number of "
        f"network interfaces allowed for this machine type is {most}."
    )
    return Refused(NOT_VALID, message)


def _networks(store: Store, instance: Body) -> Refused | None:
    zone = name_of(instance["zone"])
    seen: set[str] = set()
    for index, card in enumerate(instance["networkInterfaces"]):
        network, rdma = card["network"], card.get("nicType") == "MRDMA"
        profile = zone_of(store, network)
        field = f"Invalid value for field 'resource.networkInterfaces[{index}]"
        if profile is None and network in seen:
            message = "Invalid value for field 'resource.networkInterfaces': ''. Networks must be distinct for NICs "
            return Refused(NOT_VALID, f"{message}attached to a VM.")
        if profile is not None and profile != zone:
            return Refused(NOT_VALID, elsewhere(profile))
        if rdma != (profile is not None):  # by the profile's interfaceTypes; the API's own words weren't found
            kind = "MRDMA" if rdma else card.get("nicType", "VIRTIO_NET")
            return Refused(NOT_VALID, f"{field}.nicType': '{kind}'. The network does not allow this NIC type.")
        if not card.get("subnetwork") and not _is_automatic(store, network):
            # https://github.com/GoogleCloudDataproc/bdutil/issues/108 (2017)
            return Refused(NOT_VALID, f"{field}': ''. Subnetwork should be specified for custom subnetmode network")
        seen.add(network)
    return None


def _disks(_: Store, instance: Body) -> Refused | None:
    shape, facts = name_of(instance["machineType"]), _facts(instance)
    alone = bool(facts.disks) and all(each.startswith("hyperdisk-") for each in facts.disks)
    boot = instance["x-properties"]["disks"][:1] if instance["x-properties"].get("disks") else []
    for disk in boot:
        kind = name_of((disk.get("initializeParams") or {}).get("diskType", "pd-standard"))
        if alone and not kind.startswith("hyperdisk-"):
            # as it comes in life, under a code of capacity: scylla-cluster-tests' unit-test data
            message = f"[{kind}, {shape}] features are not compatible for creating instance."
            return Refused("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", message)
    return None


def _maintenance(_: Store, instance: Body) -> Refused | None:
    gpus = instance.get("guestAccelerators") or _facts(instance).gpus
    if gpus and (instance.get("scheduling") or {}).get("onHostMaintenance") == "MIGRATE":
        # https://github.com/iterative/cml/issues/1398
        return Refused(NOT_VALID, "Instances with guest accelerators do not support live migration.")
    return None


def _facts(instance: Body) -> MachineType:
    """What is known of its machine type; of one that conditions.json alone tells of, nothing is."""
    return existing_type(name_of(instance["machineType"])) or MachineType("unknown")


def _is_automatic(store: Store, network: str) -> bool:
    found: Any = find(store, path_of(network, "")) or {}
    return bool(found.get("autoCreateSubnetworks"))
