"""What the leak report finds of a cluster in the embedded cloud: its own, everywhere, and nobody else's."""

from __future__ import annotations

from typing import Any, cast

from cluster_provision.clouds.gcp.leftovers import GcpLeftovers
from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, Asked, Session

ELSEWHERE = f"/compute/v1/projects/{PROJECT}/regions/europe-west4"


def left(asked: Asked, prefix: str) -> list[str]:
    return [each.text() for each in GcpLeftovers(cast("Any", Session(asked)), PROJECT).named(prefix)]


def test_what_takes_no_labels_is_found_by_name_in_every_region(asked: Asked) -> None:
    network = f"projects/{PROJECT}/global/networks/demo-dpl-net-1"
    asked.compute("POST", f"{GLOBAL}/networks", {"name": "demo-dpl-net-1", "autoCreateSubnetworks": False})
    subnet = {"name": "demo-dpl-subnet-1", "network": network, "ipCidrRange": "10.1.0.0/20"}
    asked.compute("POST", f"{ELSEWHERE}/subnetworks", subnet)
    asked.compute("POST", f"{ELSEWHERE}/routers", {"name": "demo-dpl-router", "network": network})
    asked.compute("POST", f"{ELSEWHERE}/addresses", {"name": "demo-dpl-nat"})
    rule = {"name": "demo-dpl-internal", "network": network, "allowed": [{"IPProtocol": "tcp"}]}
    asked.compute("POST", f"{GLOBAL}/firewalls", rule)
    policy = {"name": "demo-placement", "groupPlacementPolicy": {"collocation": "COLLOCATED"}}
    asked.compute("POST", f"{ELSEWHERE}/resourcePolicies", policy)
    asked.template()
    asked.group(0, name="demo-mig")
    assert left(asked, "demo") == [
        "instance group demo-mig in us-central1-a",
        "network demo-dpl-net-1",
        "subnetwork demo-dpl-subnet-1 in europe-west4",
        "firewall rule demo-dpl-internal",
        "router demo-dpl-router in europe-west4",
        "address demo-dpl-nat in europe-west4",
        "resource policy demo-placement in europe-west4",
    ]


def test_what_a_cluster_of_a_longer_name_has_is_not_this_ones(asked: Asked) -> None:
    for name in ("demo-two-dpl-net", "demo-dpl-dpl-net", "demo", "my-demo-dpl-net", "demo-database"):
        asked.compute("POST", f"{GLOBAL}/networks", {"name": name, "autoCreateSubnetworks": False})
    asked.template()
    asked.group(0, name="demo-two-mig")
    asked.group(0, name="demo-head-mig", description="The machines of cluster demo-head.")
    assert left(asked, "demo") == []
    assert left(asked, "demo-head") == ["instance group demo-head-mig in us-central1-a"]


def test_a_pools_group_is_found_by_its_description(asked: Asked) -> None:
    asked.template()
    asked.group(0, name="demo-hpc-mig", description="The nodes demo-hpc-1 and so on of Slurm cluster demo.")
    assert left(asked, "demo") == ["instance group demo-hpc-mig in us-central1-a"]
    assert left(asked, "demo-hpc") == []
