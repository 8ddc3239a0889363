"""What Kubernetes Engine makes in networks: ranges and rules for a cluster, networks for accelerators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.compute.references import find
from embedded_cloud.google.container.compute import ask
from embedded_cloud.google.container.names import digest
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.self_links import path_of, split

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

# Series that take `acceleratorNetworkProfile`, and the further cards that they have: (networks, subnetworks in each).
# https://docs.cloud.google.com/kubernetes-engine/docs/how-to/config-auto-net-for-accelerators
PROFILES: dict[str, tuple[tuple[int, int], ...]] = {
    "a3-edgegpu": ((4, 1),),
    "a3-megagpu": ((8, 1),),
    "a3-ultragpu": ((1, 1), (1, 8)),
    "a4-highgpu": ((1, 1), (1, 8)),
    "a4x-highgpu": ((1, 1), (1, 4)),
}


def open_cluster(call: Call, path: str, cluster: Body) -> None:
    """The firewall rules that every cluster has, and ranges where the subnetwork brings none."""
    project = path.split("/")[1]
    network = cluster["networkConfig"]["network"]
    pods = cluster["ipAllocationPolicy"]["clusterIpv4CidrBlock"]
    prefix = _prefix(cluster)
    rules = {
        "all": ([pods], [{"IPProtocol": kind} for kind in ("tcp", "udp", "icmp", "esp", "ah", "sctp")]),
        "vms": (
            [cluster["x-nodes"]],
            [{"IPProtocol": kind, "ports": ["1-65535"]} for kind in ("tcp", "udp")] + [{"IPProtocol": "icmp"}],
        ),
        "exkubelet": (["0.0.0.0/0"], None),
        "inkubelet": ([pods], [{"IPProtocol": "tcp", "ports": ["10255"]}]),
    }
    for name, (sources, allowed) in rules.items():
        rule: Body = {
            "name": f"{prefix}-{name}",
            "network": network,
            "sourceRanges": sources,
            "targetTags": [f"{prefix}-node"],
        }
        if allowed is None:
            rule["denied"] = [{"IPProtocol": "tcp", "ports": ["10255"]}]
        else:
            rule["allowed"] = allowed
        ask(call, "POST", f"projects/{project}/global/firewalls", rule)
    if cluster["x-own-range"]:
        _set_ranges(call, cluster, [{"rangeName": _range_name(cluster), "ipCidrRange": pods}])


def close_cluster(call: Call, path: str, cluster: Body) -> None:
    """Take away what `open_cluster` made. Networks for accelerators stay: nobody deletes them."""
    project = path.split("/")[1]
    for name in ("all", "vms", "exkubelet", "inkubelet"):
        rule = f"projects/{project}/global/firewalls/{_prefix(cluster)}-{name}"
        if find(call.store, rule) is not None:
            ask(call, "DELETE", rule)
    if cluster["x-own-range"]:
        _set_ranges(call, cluster, [])


def accelerator_networks(call: Call, path: str, cluster: Body, pool: Body) -> list[Body]:
    """Make the networks that the pool's machine type needs; the pool's additional network configurations."""
    machine_type = pool["config"]["machineType"]
    layout = PROFILES.get(machine_type.rpartition("-")[0])
    if layout is None:
        text = f"Accelerator network profile 'auto' is not supported for machine type {machine_type}."
        raise ApiError(400, "badRequest", text)
    if cluster["networkConfig"].get("datapathProvider") != "ADVANCED_DATAPATH":
        raise ApiError(400, "badRequest", "Accelerator network profiles require GKE Dataplane V2.")
    if len(pool["locations"]) != 1:
        raise ApiError(400, "badRequest", "Accelerator network profiles require a single-zone node pool.")
    configs: list[Body] = []
    for count, subnetworks in layout:
        for _ in range(count):
            configs += _network(call, path, cluster, pool, len(configs), subnetworks)
    return configs


def _network(call: Call, path: str, cluster: Body, pool: Body, first: int, subnetworks: int) -> list[Body]:
    project, region = path.split("/")[1], pool["locations"][0].rpartition("-")[0]
    name = f"gke-{digest(cluster['id'] + pool['name'])}-accelerator-{first}"
    if find(call.store, f"projects/{project}/global/networks/{name}") is None:
        network = {"name": name, "autoCreateSubnetworks": False, "mtu": 8896 if subnetworks > 1 else 8244}
        ask(call, "POST", f"projects/{project}/global/networks", network)
        for index in range(subnetworks):
            subnetwork = {
                "name": f"{name}-{index}",
                "network": f"global/networks/{name}",
                "ipCidrRange": f"192.168.{first + index}.0/24",
            }
            ask(call, "POST", f"projects/{project}/regions/{region}/subnetworks", subnetwork)
        rule = {
            "name": f"{name}-internal",
            "network": f"global/networks/{name}",
            "sourceRanges": ["192.168.0.0/16"],
            "allowed": [{"IPProtocol": "all"}],
        }
        ask(call, "POST", f"projects/{project}/global/firewalls", rule)
    return [{"network": name, "subnetwork": f"{name}-{index}"} for index in range(subnetworks)]


def _prefix(cluster: Body) -> str:
    return f"gke-{cluster['name']}-{digest(cluster['id'])}"


def _range_name(cluster: Body) -> str:
    return f"{_prefix(cluster)}-pods"


def _set_ranges(call: Call, cluster: Body, ranges: list[Body]) -> None:
    """Give the cluster's subnetwork these ranges in place of the cluster's earlier ones."""
    where = split(path_of(cluster["networkConfig"]["subnetwork"], ""))
    subnetwork = call.store.get(*where)
    if subnetwork is not None:
        others = [each for each in subnetwork.get("secondaryIpRanges", ()) if each["rangeName"] != _range_name(cluster)]
        body = {k: v for k, v in subnetwork.items() if k != "secondaryIpRanges"}
        every = [*others, *ranges]
        call.store.put(*where, {**body, **({"secondaryIpRanges": every} if every else {})})
