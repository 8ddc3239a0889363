"""Scale sets, in both orchestration modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value, without
from embedded_cloud.azure.compute.images import check_plan
from embedded_cloud.azure.compute.sizes import check_quota, hypervisor_generations, size
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.references import find
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from cloud_facts.azure.machine_types import Size
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

PROFILE = "properties.virtualMachineProfile"
LARGEST_GROUP = 100  # machines of one placement group
# What Azure fills in for every machine.
MACHINE: Body = {
    "osProfile.allowExtensionOperations": True,
    "osProfile.secrets": [],
    "osProfile.requireGuestProvisionSignal": True,
    "osProfile.linuxConfiguration.provisionVMAgent": True,
    "storageProfile.osDisk.osType": "Linux",
}


def scale_set(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a scale set, or refuse it as Azure does. https://learn.microsoft.com/azure/virtual-machine-scale-sets"""
    mode = read(body, "properties.orchestrationMode") or (read(old, "properties.orchestrationMode") if old else None)
    uniform = mode in (None, "Uniform")
    body = with_value(body, "properties.orchestrationMode", "Uniform" if uniform else "Flexible")
    capacity = int(read(body, "sku.capacity") or 0)
    its = size(read(body, "sku.name"))
    body = {**body, "sku": {"tier": "Standard", **body["sku"], "name": its.name, "capacity": capacity}}
    body = _placed(body, uniform=uniform, capacity=capacity)
    check_quota(call, body, capacity)
    if uniform:
        for name, value in (("overprovision", True), ("doNotRunExtensionsOnOverprovisionedVMs", False)):
            if read(body, f"properties.{name}") is None:
                body = with_value(body, f"properties.{name}", value)
        if not read(body, "properties.upgradePolicy.mode"):
            raise invalid("Required parameter 'upgradePolicy' is missing (null).")
    if read(body, PROFILE):
        body = _profile(call, old, body)
    if old is None:
        body = with_value(body, "properties.timeCreated", zulu())
    if not any((read(body, "properties.additionalCapabilities") or {}).values()):
        body = without(body, "properties.additionalCapabilities")  # what is off isn't told of
    return with_identity(call, body)


def _placed(body: Body, *, uniform: bool, capacity: int) -> Body:
    single = read(body, "properties.singlePlacementGroup")
    domains = read(body, "properties.platformFaultDomainCount")
    zones = body.get("zones") or []
    if single is None:
        single = uniform and not len(zones) > 1
        body = with_value(body, "properties.singlePlacementGroup", single)
    if domains is None:
        domains = 5 if uniform and not zones and single else 1
        body = with_value(body, "properties.platformFaultDomainCount", domains)
    if single and capacity > LARGEST_GROUP:
        raise ArmError(
            409,
            "OperationNotAllowed",
            f"Unable to create or update VirtualMachineScaleSet '{body['name']}' as it exceeds the total limit of "
            f"'{LARGEST_GROUP}' Virtual Machine instances.",
        )
    if zones and read(body, "properties.zoneBalance") is None and uniform:
        body = with_value(body, "properties.zoneBalance", False)
    return body


def disk_of(call: Call, body: Body, image: Body, its: Size) -> int:
    """The size in GB of the disk that an image starts from. Raises ArmError where the image can't be had, or not on
    machines of this size."""
    if not image.get("publisher"):
        return 64
    found = check_plan(call.store, body["id"].split("/")[2], image, body.get("plan"))
    if found.generation not in hypervisor_generations(its).split(","):
        raise ArmError(
            400,
            "BadRequest",
            f"The selected VM size '{its.name}' cannot boot Hypervisor Generation "
            f"'{found.generation.removeprefix('V')}'. If this was a Create operation please check that the "
            "Hypervisor Generation of the Image matches the Hypervisor Generation of the selected VM Size.",
        )
    return found.size


def _profile(call: Call, old: Body | None, body: Body) -> Body:
    image = read(body, f"{PROFILE}.storageProfile.imageReference") or {}
    if old is not None and not read(body, f"{PROFILE}.osProfile.customData"):
        kept = read(old, f"{PROFILE}.osProfile.customData")
        if kept:  # never shown, so a client that writes back what it read doesn't have it
            body = with_value(body, f"{PROFILE}.osProfile.customData", kept)
    size_gb = disk_of(call, body, image, size(read(body, "sku.name")))
    defaults = {
        **MACHINE,
        "storageProfile.osDisk.diskSizeGB": size_gb,
        "timeCreated": zulu(),
    }
    for path, value in defaults.items():
        if read(body, f"{PROFILE}.{path}") is None:
            body = with_value(body, f"{PROFILE}.{path}", value)
    extensions = read(body, f"{PROFILE}.extensionProfile")
    if extensions is not None and extensions.get("extensions") is None:
        body = with_value(body, f"{PROFILE}.extensionProfile.extensions", [])
    flexible = read(body, "properties.orchestrationMode") == "Flexible"
    if flexible and not read(body, f"{PROFILE}.networkProfile.networkApiVersion"):
        raise invalid("The 'networkApiVersion' property of 'networkProfile' is required.")
    return body


def with_identity(call: Call, body: Body) -> Body:
    """The body with the numbers of its identities. Raises ArmError for an identity that doesn't exist."""
    given = body.get("identity")
    if not given:
        return body
    kind = str(given.get("type", ""))
    told = {"type": kind}
    if "SystemAssigned" in kind:
        told |= {"principalId": guid(call.store, body["id"].lower()), "tenantId": TENANT}
    named = {}
    for path in given.get("userAssignedIdentities") or {}:
        found = find(call.store, path)
        if found is None:
            raise ArmError(
                400,
                "FailedIdentityOperation",
                f"Identity operation for resource '{body['id']}' failed with error 'Failed to perform resource identity"
                f" operation. Status: 'BadRequest'. Response: ... {path} was not found'.",
            )
        named[found["id"]] = {each: read(found, f"properties.{each}") for each in ("principalId", "clientId")}
    return {**body, "identity": {**told, **({"userAssignedIdentities": named} if named else {})}}


DEFAULTS = {"Microsoft.Compute/virtualMachineScaleSets": scale_set}
