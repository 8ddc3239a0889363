"""Compute Engine's methods by name: the regular ones, and those with code of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access.grants import check_project
from embedded_cloud.google.compute import (
    catalogue,
    disks,
    groups,
    images,
    initial_state,
    instances,
    named_instances,
    network_profiles,
    reservations,
    resources,
    single_instances,
)
from embedded_cloud.google.failure import not_emulated, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.google.call import Call

# Collections that the store keeps; what isn't here isn't emulated, and says so.
KEPT = frozenset(
    [
        "networks",
        "subnetworks",
        "firewalls",
        "routers",
        "addresses",
        "globalAddresses",
        "instanceTemplates",
        "instanceGroupManagers",
        "instances",
        "resourcePolicies",
        "disks",
        "routes",
        "reservations",
        "networkEndpointGroups",
    ]
)
REGULAR: dict[str, Callable[[Call], Any]] = {
    "insert": resources.insert,
    "get": resources.get,
    "list": resources.listing,
    "aggregatedList": resources.aggregated,
    "delete": resources.delete,
    "patch": resources.patch,
    "update": resources.update,
    "setLabels": resources.set_labels,
    "setMetadata": resources.set_metadata,
}
OWN: dict[str, Callable[[Call], Any]] = {
    "instanceGroupManagers.insert": groups.insert,
    "instanceGroupManagers.get": groups.get,
    "instanceGroupManagers.list": groups.listing,
    "instanceGroupManagers.patch": groups.patch,
    "instanceGroupManagers.delete": groups.delete,
    "instanceGroupManagers.resize": groups.resize,
    "instanceGroupManagers.setInstanceTemplate": groups.set_template,
    "instanceGroupManagers.setTargetPools": groups.set_target_pools,
    "instanceGroupManagers.createInstances": named_instances.create,
    "instanceGroupManagers.deleteInstances": named_instances.delete,
    "instanceGroupManagers.recreateInstances": groups.recreate_instances,
    "instanceGroupManagers.applyUpdatesToInstances": groups.apply_updates,
    "instanceGroupManagers.listManagedInstances": groups.managed_instances,
    "instanceGroupManagers.listErrors": groups.errors,
    "instanceGroupManagers.listPerInstanceConfigs": groups.per_instance_configs,
    "instanceGroups.get": groups.instance_group,
    "instanceGroups.list": groups.instance_group_listing,
    "instanceGroups.listInstances": groups.instances_of_group,
    "instances.delete": instances.delete,
    "instances.insert": single_instances.insert,
    "instances.start": single_instances.start,
    "instances.stop": single_instances.stop,
    "instances.attachDisk": single_instances.attach_disk,
    "instances.detachDisk": single_instances.detach_disk,
    "instances.setMachineType": single_instances.set_machine_type,
    "instances.setServiceAccount": single_instances.set_service_account,
    "instances.setScheduling": single_instances.set_scheduling,
    "instances.setDeletionProtection": single_instances.set_deletion_protection,
    "disks.insert": disks.insert,
    "disks.get": disks.get,
    "disks.list": disks.listing,
    "disks.delete": disks.delete,
    "disks.resize": disks.resize,
    "disks.update": resources.patch,  # its verb is PATCH
    "reservations.get": reservations.get,
    "reservations.list": reservations.listing,
    "instances.getSerialPortOutput": instances.serial_port,
}
# What the cloud has to offer, by the parts of its path.
OFFERED: dict[str, Callable[..., Any]] = {
    "images.get": images.get,
    "images.getFromFamily": images.of_family,
    "images.list": images.listing,
    "machineTypes.get": catalogue.a_machine_type,
    "machineTypes.aggregatedList": catalogue.machine_types_everywhere,
    "acceleratorTypes.get": catalogue.an_accelerator_type,
    "networkProfiles.get": network_profiles.a_profile,
    "networkProfiles.list": network_profiles.profiles,
}
GROUP_READS = frozenset({"get", "listManagedInstances", "listErrors", "listPerInstanceConfigs"})
PLAIN = frozenset({"insert", "list", "aggregatedList", "delete"})
# No instance is changed as a whole, and groups of a whole region aren't made here.
NOT_MADE = frozenset({"instances.patch", "instances.update"})


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    initial_state.check_place(call.segments)
    initial_state.prepare(call.store, call.segments[1])
    method = call.method.id.removeprefix("compute.")
    collection, _, verb = method.partition(".")
    check_project(call.store, call.request, call.segments[1], permission_of(method), "/".join(call.resource))
    existing = initial_state.existing_answer(call)
    if existing is not None:
        return existing
    if method in OFFERED:
        return OFFERED[method](call, *call.resource)
    if collection.endswith("Operations"):
        return _operation(call, verb)
    if method in OWN:
        return OWN[method](call)
    if collection in KEPT and verb in REGULAR and method not in NOT_MADE:
        return REGULAR[verb](call)
    raise not_emulated(f"the method {call.method.id}")


def permission_of(method: str) -> str:
    """The permission that a method needs, such as compute.instances.get.

    All changes of a group need the one to update it: docs.cloud.google.com/compute/docs/reference/rest/v1, November
    2026, the methods' pages.
    """
    collection, _, verb = method.partition(".")
    if collection == "instanceGroupManagers" and verb in GROUP_READS:
        return "compute.instanceGroupManagers.get"
    if collection == "instanceGroupManagers" and verb not in PLAIN:
        return "compute.instanceGroupManagers.update"
    plain = {"insert": "create", "aggregatedList": "list", "patch": "update", "wait": "get", "getFromFamily": "get"}
    return f"compute.{collection}.{plain.get(verb, verb)}"


def _operation(call: Call, verb: str) -> Any:
    operations = call.context.operations
    if verb == "list":
        return resources.listing(call, [body for _, body in operations.below("/".join(call.segments[:-1]))])
    found = operations.get("/".join(call.resource))
    if found is None or verb not in ("get", "wait"):
        raise not_found("/".join(call.resource))
    return found
