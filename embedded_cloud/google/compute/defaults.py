"""What Compute Engine fills in by itself when a resource comes or changes (provider google 7.45.0 reads it back)."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.references import find
from embedded_cloud.google.compute.scheduling import scheduling
from embedded_cloud.google.failure import invalid, not_found
from embedded_cloud.google.self_links import link, name_of, path_of, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.store import Body, Store

MTU_OF_PROFILE = 8896
"""Of a network with an RDMA profile: https://docs.cloud.google.com/vpc/docs/rdma-network-profiles, 2026-11-25."""


def complete(store: Store, path: str, body: Body) -> None:
    """Complete `body`, the resource at `path` (`projects/p/.../collection/name`), in place."""
    collection = path.split("/")[-2]
    if collection in DEFAULTS:
        DEFAULTS[collection](store, path, body)


def fingerprint(value: Any) -> str:
    """A short name for a value's present state."""
    digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()
    return base64.urlsafe_b64encode(digest[:8]).decode()


def _defaults(body: Body, **values: Any) -> None:
    for name, value in values.items():
        body.setdefault(name, value)


def _network(store: Store, path: str, body: Body) -> None:
    _defaults(
        body,
        autoCreateSubnetworks=True,
        networkFirewallPolicyEnforcementOrder="AFTER_CLASSIC_FIREWALL",
        mtu=MTU_OF_PROFILE if body.get("networkProfile") else 1460,
        subnetworks=[],
        selfLinkWithId=link(f"{path.rpartition('/')[0]}/{body['id']}"),
    )
    routing = dict(body.get("routingConfig") or {})
    routing.setdefault("routingMode", "REGIONAL")
    routing.setdefault("bgpBestPathSelectionMode", "LEGACY")
    body["routingConfig"] = routing


def _subnetwork(store: Store, path: str, body: Body) -> None:
    try:
        block = ipaddress.ip_network(body.get("ipCidrRange", ""), strict=True)
    except ValueError:
        raise invalid(f"Invalid value for field 'resource.ipCidrRange': '{body.get('ipCidrRange', '')}'.") from None
    for collection in store.collections():
        if not collection.endswith("/subnetworks"):
            continue
        for name, other in store.each(collection).items():
            if other["selfLink"] == body["selfLink"] or other.get("network") != body.get("network"):
                continue
            if block.overlaps(ipaddress.ip_network(other["ipCidrRange"])):
                region = name_of(other["region"])
                raise invalid(
                    f"Invalid IPCidrRange: {block} conflicts with existing subnetwork '{name}' in region '{region}'."
                )
    _defaults(
        body,
        gatewayAddress=str(block[1]),
        privateIpGoogleAccess=False,
        privateIpv6GoogleAccess="DISABLE_GOOGLE_ACCESS",
        purpose="PRIVATE",
        stackType="IPV4_ONLY",
        allowSubnetCidrRoutesOverlap=False,
    )
    log = body.get("logConfig") or {}
    body["enableFlowLogs"] = bool(log.get("enable", False))
    body["logConfig"] = {"enable": False, **log}


def _firewall(store: Store, path: str, body: Body) -> None:
    project = path.split("/")[1]
    _defaults(
        body,
        direction="INGRESS",
        priority=1000,
        disabled=False,
        logConfig={"enable": False},
        network=link(f"projects/{project}/global/networks/default"),
    )
    if not body.get("allowed") and not body.get("denied"):
        raise invalid("Invalid value for field 'resource': ''. One of 'allowed' or 'denied' must be set.")
    sources = ("sourceRanges", "sourceTags", "sourceServiceAccounts")
    if body["direction"] == "INGRESS" and not any(body.get(name) for name in sources):
        body["sourceRanges"] = ["0.0.0.0/0"]
    if body["direction"] == "EGRESS" and not body.get("destinationRanges"):
        body["destinationRanges"] = ["0.0.0.0/0"]


def _router(store: Store, path: str, body: Body) -> None:
    _defaults(body, encryptedInterconnectRouter=False)
    for nat in body.get("nats") or ():
        _defaults(
            nat,
            type="PUBLIC",
            autoNetworkTier="PREMIUM",
            endpointTypes=["ENDPOINT_TYPE_VM"],
            enableEndpointIndependentMapping=False,
        )


def _address(store: Store, path: str, body: Body) -> None:
    _defaults(body, addressType="EXTERNAL", networkTier="PREMIUM", status="RESERVED", labelFingerprint=fingerprint({}))
    if body["addressType"] == "EXTERNAL":
        # TEST-NET-2 (RFC 5737): an address that no machine has.
        _defaults(body, address=f"198.51.100.{1 + store.number(path, 254)}")


def _template(store: Store, path: str, body: Body) -> None:
    body["properties"] = complete_properties(store, path.split("/")[1], body.get("properties") or {})


def complete_properties(store: Store, project: str, properties: Body) -> Body:
    """The properties of a template, or of an instance that is made without one, completed."""
    given = dict(properties)
    if not given.get("machineType"):
        raise invalid("Invalid value for field 'resource.properties.machineType': ''. Machine type must be specified.")
    metadata = dict(given.get("metadata") or {})
    keys = [item["key"] for item in metadata.get("items", ())]
    if len(keys) != len(set(keys)):
        raise invalid("Invalid value for field 'resource.properties.metadata': ''. Duplicate metadata keys.")
    given["metadata"] = {"kind": "compute#metadata", **metadata, "fingerprint": fingerprint(metadata.get("items", []))}
    given["scheduling"] = scheduling(given.get("scheduling") or {}, given.get("reservationAffinity") or {})
    _defaults(given, canIpForward=False)
    disks = given["disks"] = [dict(disk) for disk in given.get("disks") or ()]
    for index, disk in enumerate(disks):
        _defaults(
            disk,
            kind="compute#attachedDisk",
            index=index,
            mode="READ_WRITE",
            type="PERSISTENT",
            boot=False,
            autoDelete=False,
            interface="SCSI",
            deviceName=f"persistent-disk-{index}",
        )
    interfaces = given["networkInterfaces"] = [dict(each) for each in given.get("networkInterfaces") or ()]
    for index, each in enumerate(interfaces):
        each["name"] = f"nic{index}"
        each["kind"] = "compute#networkInterface"
        if each.get("subnetwork") and not each.get("network"):
            subnetwork = store.get(*split(path_of(each["subnetwork"], project)))
            if subnetwork is None:
                raise not_found(path_of(each["subnetwork"], project))
            each["network"] = subnetwork["network"]
        _defaults(each, network=link(f"projects/{project}/global/networks/default"))
        for access in each.get("accessConfigs") or ():
            _defaults(
                access, kind="compute#accessConfig", name="External NAT", type="ONE_TO_ONE_NAT", networkTier="PREMIUM"
            )
    return given


def _group_manager(store: Store, path: str, body: Body) -> None:
    body["instanceGroup"] = link(path.replace("/instanceGroupManagers/", "/instanceGroups/"))
    versions = [dict(each) for each in body.get("versions") or ()]
    if not versions and body.get("instanceTemplate"):
        versions = [{"instanceTemplate": body["instanceTemplate"]}]
    if not versions:
        raise invalid("Invalid value for field 'resource': ''. One of instanceTemplate or versions must be specified.")
    size = int(body.get("targetSize") or 0)
    for each in versions:
        each["instanceTemplate"] = _by_name(store, path, each["instanceTemplate"])
        each["targetSize"] = {**(each.get("targetSize") or {}), "calculated": size}
    body["versions"] = versions
    body["instanceTemplate"] = versions[0]["instanceTemplate"]
    body["targetSize"] = size
    name = path.rpartition("/")[2]
    _defaults(body, baseInstanceName=name, listManagedInstancesResults="PAGELESS", targetSizePolicy={})
    _defaults(body, targetSuspendedSize=0, targetStoppedSize=0)
    body["targetSizePolicy"] = {"mode": "INDIVIDUAL", **body["targetSizePolicy"]}
    policy = {
        "type": "OPPORTUNISTIC",
        "minimalAction": "REPLACE",
        "replacementMethod": "SUBSTITUTE",
        "maxSurge": {"fixed": 1},
        "maxUnavailable": {"fixed": 1},
        **(body.get("updatePolicy") or {"mostDisruptiveAllowedAction": "REPLACE"}),
    }
    for limit in ("maxSurge", "maxUnavailable"):
        given = dict(policy[limit])
        part = size * int(given.get("percent") or 0) // 100
        policy[limit] = {**given, "calculated": int(given["fixed"]) if "fixed" in given else part}
    body["updatePolicy"] = policy
    body["instanceLifecyclePolicy"] = {
        "defaultActionOnFailure": "REPAIR",
        "forceUpdateOnRepair": "NO",
        "onFailedHealthCheck": "DEFAULT_ACTION",
        **(body.get("instanceLifecyclePolicy") or {}),
    }
    if not body.get("resourcePolicies"):
        body.pop("resourcePolicies", None)
    body["standbyPolicy"] = {"initialDelaySec": 0, "mode": "MANUAL", **(body.get("standbyPolicy") or {})}


def _by_name(store: Store, path: str, reference: str) -> str:
    """A template given by its number is shown by its name."""
    found = find(store, path_of(reference, path.split("/")[1]))
    return str(found["selfLink"]) if found else reference


def _disk(store: Store, path: str, body: Body) -> None:
    _defaults(body, status="READY", physicalBlockSizeBytes="4096", labelFingerprint=fingerprint(body.get("labels", {})))


def _resource_policy(store: Store, path: str, body: Body) -> None:
    _defaults(body, status="READY")


def _reservation(store: Store, path: str, body: Body) -> None:
    _defaults(body, status="READY", specificReservationRequired=False, shareSettings={"shareType": "LOCAL"})
    _defaults(body.get("specificReservation") or {}, inUseCount="0")


DEFAULTS: dict[str, Callable[[Store, str, Body], None]] = {
    "networks": _network,
    "subnetworks": _subnetwork,
    "firewalls": _firewall,
    "routers": _router,
    "addresses": _address,
    "instanceTemplates": _template,
    "instanceGroupManagers": _group_manager,
    "disks": _disk,
    "resourcePolicies": _resource_policy,
    "reservations": _reservation,
}
