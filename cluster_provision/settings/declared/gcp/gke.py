"""The GKE cluster: its node pools and version."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import YesNo
from cluster_provision.settings.readers.gcp.maps import NodePool, NodePools
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.texts import Text

_GKE_VERSION = Text(
    "GKE version", "(latest|-|[0-9]+(\\.[0-9]+){0,2}(-gke\\.[0-9]+)?)", "it looks like 1.33 or 1.33.1-gke.1584000", 64
)


@dataclass(frozen=True, kw_only=True)
class GkeParameters:
    """The GKE cluster."""

    gke_node_pool_count: int = parameter(
        WholeNumber(0, 100),
        default=0,
        orchestrator="gke",
        unit="node pools",
        help="How many equal node pools of VM_TYPE the GKE cluster has. With 0 and without CUSTOM_NODE_POOL it has one "
        "small pool for its own system only. With more, give their size: GKE_NODE_COUNT_PER_NODE_POOL, or "
        "GKE_MIN_NODE_COUNT and GKE_MAX_NODE_COUNT.",
        example="2",
    )
    gke_node_count_per_node_pool: int = parameter(
        WholeNumber(0, 1000),
        default=0,
        orchestrator="gke",
        unit="machines a pool",
        since="old tool, May 2023",
        help="How many machines each node pool has; needs GKE_NODE_POOL_COUNT.",
        example="2",
    )
    gke_min_node_count: int = parameter(
        WholeNumber(0, 1000),
        default=0,
        orchestrator="gke",
        unit="machines a pool",
        help="The smallest number of machines of a node pool, with which it begins; GKE_NODE_COUNT_PER_NODE_POOL sets "
        "a fixed number instead.",
        example="1",
    )
    gke_max_node_count: int = parameter(
        WholeNumber(0, 1000),
        default=0,
        orchestrator="gke",
        unit="machines a pool",
        help="The largest number of machines of a node pool; GKE_NODE_COUNT_PER_NODE_POOL sets a fixed number instead.",
        example="4",
    )
    gke_version: str = parameter(
        _GKE_VERSION,
        default="latest",
        orchestrator="gke",
        since="old tool, May 2023",
        help="The version of the GKE cluster, in full or its beginning; latest is the newest that GKE offers in the "
        "region.",
        example="1.33",
    )
    gke_enable_compact_placement: bool = parameter(
        YesNo(),
        default=False,
        orchestrator="gke",
        since="old tool, May 2023",
        help="Whether Google places the machines of each node pool of GKE_NODE_POOL_COUNT close to each other.",
        example="true",
    )
    custom_node_pool: tuple[NodePool, ...] = parameter(
        NodePools(),
        default=(),
        orchestrator="gke",
        since="old tool, May 2023",
        help="Node pools that differ: a list of maps in HCL with name, node_count, machine_type and, if wanted, "
        "guest_accelerator_count and guest_accelerator_type (of machine types that carry none by themselves), "
        "enable_compact_placement, and zone (another one of ZONE's region). Not together with the parameters of equal "
        "pools.",
        example='[{ name = "pool-1", zone = "us-central1-a", node_count = 2, machine_type = "a2-highgpu-2g", '
        'guest_accelerator_count = 2, guest_accelerator_type = "nvidia-tesla-a100" }]',
    )
    gke_dns_endpoint: bool = parameter(
        YesNo(),
        default=False,
        orchestrator="gke",
        since="0.1.0",
        help="Whether the control plane's DNS endpoint accepts calls from outside the VPC, from callers whom IAM "
        "allows. Without it the control plane answers only within the VPC, and the tool can't prove that it does.",
        example="yes",
    )
