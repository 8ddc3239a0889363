"""The resources that exist from the beginning: zones, quotas, the default network."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.regions import regions, zones
from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.compute.places import check_region, region_of, seen_zones, zones_of
from embedded_cloud.google.compute.quotas import GLOBAL, quotas
from embedded_cloud.google.compute.references import AUTOMATIC
from embedded_cloud.google.failure import not_found
from embedded_cloud.google.self_links import link, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store


def project_number(project: str) -> str:
    """A project's number, 12 digits, made from its name."""
    return str(10**11 + int(hashlib.sha256(project.encode()).hexdigest(), 16) % (9 * 10**11))


def prepare(store: Store, project: str) -> None:
    """Give the project its default network, once. It is marked as existing before, so it is never a leftover."""
    marks = "//rehearsal/projects"
    if store.get(marks, project) is not None:
        return
    store.put(marks, project, {"projectId": project, "number": project_number(project)}, before=True)
    path = f"projects/{project}/global/networks/default"
    collection, name = split(path)
    store.put(
        collection,
        name,
        {
            **existing("network", path),
            "description": "Default network for the project",
            "autoCreateSubnetworks": True,
            "subnetworks": automatic_subnetworks(store, path, before=True),
            "routingConfig": {"routingMode": "REGIONAL", "bgpBestPathSelectionMode": "LEGACY"},
            "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
            "mtu": 1460,
        },
        before=True,
    )
    for rule, body in _default_firewalls(path).items():
        store.put(*split(f"projects/{project}/global/firewalls/{rule}"), body, before=True)


def _default_firewalls(network: str) -> dict[str, Body]:
    """The rules that every default network comes with."""
    project = network.split("/")[1]
    inside = [{"IPProtocol": kind, "ports": ["0-65535"]} for kind in ("tcp", "udp")]
    given = {
        "default-allow-internal": ([*inside, {"IPProtocol": "icmp"}], "10.128.0.0/9"),
        "default-allow-ssh": ([{"IPProtocol": "tcp", "ports": ["22"]}], "0.0.0.0/0"),
        "default-allow-rdp": ([{"IPProtocol": "tcp", "ports": ["3389"]}], "0.0.0.0/0"),
        "default-allow-icmp": ([{"IPProtocol": "icmp"}], "0.0.0.0/0"),
    }
    start = {"network": link(network), "direction": "INGRESS", "priority": 65534, "disabled": False}
    return {
        name: {
            **existing("firewall", f"projects/{project}/global/firewalls/{name}"),
            **start,
            "allowed": allowed,
            "sourceRanges": [source],
            "logConfig": {"enable": False},
        }
        for name, (allowed, source) in given.items()
    }


def automatic_subnetworks(store: Store, network: str, *, before: bool = False) -> list[str]:
    """Make the subnetwork that an automatic network has in each region; their self links."""
    project, name = network.split("/")[1], network.rpartition("/")[2]
    links = []
    for index, region in enumerate(regions()):
        path = f"projects/{project}/regions/{region}/subnetworks/{name}"
        links.append(link(path))
        body = {
            **existing("subnetwork", path),
            "id": store.next_id(),
            "network": link(network),
            "ipCidrRange": f"10.{128 + 2 * index}.0.0/20",
            "gatewayAddress": f"10.{128 + 2 * index}.0.1",
            "region": link(f"projects/{project}/regions/{region}"),
            "fingerprint": "AAAAAAAAAAA=",
            "privateIpGoogleAccess": False,
            "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
            "purpose": "PRIVATE",
            "stackType": "IPV4_ONLY",
            AUTOMATIC: True,
        }
        store.put(*split(path), body, before=before)
    return links


def existing_answer(call: Call) -> dict[str, Any] | None:
    """The answer about zones, regions and the like; None where the call is about resources in the store."""
    answer = ANSWERS.get(call.method.id.removeprefix("compute."))
    return answer(call, *call.resource) if answer else None


def check_place(segments: tuple[str, ...]) -> None:
    """Raise ApiError for what is in a zone or region that isn't there. Of these themselves their own methods tell."""
    if len(segments) > 4 and segments[2] == "zones":
        region_of(segments[3])
    if len(segments) > 4 and segments[2] == "regions":
        check_region(segments[3])


def _zone(call: Call, _p: str, project: str, _z: str, zone: str) -> Body:
    if zone not in zones():
        raise not_found("/".join(call.resource))
    region = link(f"projects/{project}/regions/{region_of(zone)}")
    return existing("zone", "/".join(call.resource), status="UP", region=region, description=zone)


def _region(call: Call, _p: str, project: str, _r: str, region: str) -> Body:
    if region not in regions():
        raise not_found("/".join(call.resource))
    inside = [link(f"projects/{project}/zones/{zone}") for zone in zones_of(region)]
    more = {"status": "UP", "zones": inside, "description": region, "quotas": quotas(call, region)}
    return existing("region", "/".join(call.resource), **more)


def _project(call: Call, _p: str, project: str) -> Body:
    number = project_number(project)
    return {
        **existing("project", "/".join(call.resource)),
        "id": number,
        "quotas": quotas(call, GLOBAL),
        "defaultServiceAccount": f"{number}-compute@developer.gserviceaccount.com",
        "defaultNetworkTier": "PREMIUM",
        "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
        "commonInstanceMetadata": {"kind": "compute#metadata", "fingerprint": "AAAAAAAAAAA="},
    }


def _disk_type(call: Call, *path: str) -> Body:
    where = link("/".join(path[:4]))
    return existing("diskType", "/".join(path), zone=where, validDiskSize="10GB-65536GB", defaultDiskSizeGb="500")


def _listed(kind: str, names: Callable[[], Iterable[str]], one: Callable[..., Body]) -> Callable[..., Body]:
    def answer(call: Call, _p: str, project: str) -> Body:
        items = []
        for name in names():
            path = ("projects", project, kind, name)
            start = existing(kind.removesuffix("s"), "/".join(path), status="UP")
            items.append({**start, **one(call, project, name)})
        return {"items": items}

    return answer


ANSWERS: dict[str, Callable[..., Any]] = {
    "zones.get": _zone,
    "zones.list": _listed(
        "zones", seen_zones, lambda c, p, z: {"region": link(f"projects/{p}/regions/{region_of(z)}")}
    ),
    "regions.get": _region,
    "regions.list": _listed("regions", regions, lambda c, p, r: {"quotas": quotas(c, r)}),
    "projects.get": _project,
    "diskTypes.get": _disk_type,
}
