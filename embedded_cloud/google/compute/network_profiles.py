"""Network profiles: which exist, and what they forbid in a network.

Of the profiles, those for RDMA over converged Ethernet alone, one a zone: https://docs.cloud.google.com/vpc/docs/rdma-network-profiles
and https://cloud.google.com/firewall/docs/firewall-for-roce, read 2026-11-25. Flags that these pages don't decide are
left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.regions import zones
from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.compute.places import region_of, seen_zones
from embedded_cloud.google.failure import ApiError, invalid, not_found
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.self_links import link, name_of, path_of, split

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

SUFFIX = "-vpc-roce"
ROCE_FEATURES: dict[str, Any] = {
    "allowAliasIpRanges": "ALIAS_IP_RANGES_BLOCKED",
    "allowAutoModeSubnet": "AUTO_MODE_SUBNET_BLOCKED",
    "allowCloudNat": "CLOUD_NAT_BLOCKED",
    "allowCloudRouter": "CLOUD_ROUTER_BLOCKED",
    "allowDefaultNicAttachment": "DEFAULT_NIC_ATTACHMENT_BLOCKED",
    "allowExternalIpAccess": "EXTERNAL_IP_ACCESS_BLOCKED",
    "allowInterconnect": "INTERCONNECT_BLOCKED",
    "allowIpForwarding": "IP_FORWARDING_BLOCKED",
    "allowLoadBalancing": "LOAD_BALANCING_BLOCKED",
    "allowMultiNicInSameNetwork": "MULTI_NIC_IN_SAME_NETWORK_ALLOWED",
    "allowPrivateGoogleAccess": "PRIVATE_GOOGLE_ACCESS_BLOCKED",
    "allowVpcFirewallRules": "VPC_FIREWALL_RULES_BLOCKED",
    "allowVpcPeering": "VPC_PEERING_BLOCKED",
    "allowVpn": "VPN_BLOCKED",
    "firewallPolicyTypes": ["RDMA_ROCE_POLICY"],
    "interfaceTypes": ["MRDMA"],
    "subnetworkStackTypes": ["SUBNET_STACK_TYPE_IPV4_ONLY"],
}
# collection -> what a network with such a profile lacks for it
REFUSED = {"firewalls": "VPC firewall rules", "routers": "Cloud Routers"}


def a_profile(call: Call, _p: str, project: str, _g: str, _n: str, name: str) -> Body:
    """networkProfiles.get."""
    found = _profile(call, project, name)
    if found is None:
        raise not_found("/".join(call.resource))
    return found


def profiles(call: Call, _p: str, project: str) -> Body:
    """networkProfiles.list."""
    fits = compile_filter(call.one("filter"))
    every = [_profile(call, project, f"{zone}{SUFFIX}") for zone in seen_zones()]
    where = "/".join(call.segments)
    items = [each for each in every if each is not None and fits(each)]
    return {"kind": "compute#networkProfileList", "id": where, "items": items, "selfLink": link(where)}


def check(call: Call, where: str, body: Body) -> None:
    """Raise ApiError for a new resource at `where` that the profile of its network, or its own, doesn't allow."""
    collection = where.split("/")[-2]
    if collection == "networks":
        _check_network(call, body)
        return
    zone = zone_of(call.store, str(body.get("network") or ""))
    if zone is None:
        return
    if collection in REFUSED:  # the profile decides; the API's own words weren't found
        raise invalid(f"Network profile of the network does not allow {REFUSED[collection]}.")
    if collection == "subnetworks":
        if where.split("/")[3] != region_of(zone):
            raise invalid(elsewhere(zone))
        if body.get("privateIpGoogleAccess"):
            raise invalid("Network profile of the network does not allow Private Google Access.")


def zone_of(store: Store, network: str) -> str | None:
    """The zone of the profile that the network (its self link) has, or None."""
    found = store.get(*split(path_of(network, ""))) if network else None
    return _zone(name_of(str((found or {}).get("networkProfile") or "")))


def elsewhere(zone: str) -> str:
    """The refusal of a resource outside the profile's zone; its beginning is from dstack's compute.py (2026-08)."""
    return f"Network profile only allows resource creation in location {zone}."


def _check_network(call: Call, body: Body) -> None:
    reference = body.get("networkProfile")
    if not reference:
        return
    path = path_of(reference, call.segments[1])
    if _profile(call, call.segments[1], name_of(path)) is None:
        raise ApiError(404, "notFound", f"The resource '{path}' was not found")
    if body["autoCreateSubnetworks"]:
        raise invalid("Network profile does not allow auto mode subnets.")


def _profile(call: Call, project: str, name: str) -> Body | None:
    zone = _zone(name)
    if zone is None:
        return None
    told = call.context.conditions.described("network_profiles", name)
    if zone not in told.pop("zones", [zone]):
        return None
    own = {
        "description": f"RDMA over Converged Ethernet in {zone}",
        "location": {"name": zone, "scope": "ZONE"},
        "profileType": {"networkType": "RDMA", "rdmaSubtype": "ROCE"},
        "features": ROCE_FEATURES,
    }
    return {**existing("networkProfile", f"projects/{project}/global/networkProfiles/{name}", **own), **told}


def _zone(profile: str) -> str | None:
    """The zone whose profile has this name, None where there is none."""
    zone = profile.removesuffix(SUFFIX)
    return zone if zone != profile and zone in zones() else None
