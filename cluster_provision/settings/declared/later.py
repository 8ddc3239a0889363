"""The old tool's parameters whose effects aren't built in this version: read, checked, refused where they matter."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import FALSE_WORDS, TRUE_WORDS, YesNo
from cluster_provision.settings.readers.lists import FileShare, FileShares
from cluster_provision.settings.readers.maps import NodePool, NodePools
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.texts import Text

OPS_AGENT = "leave it out: the ops agent is not installed; STARTUP_COMMAND can install it"
_GKE_VERSION = Text(
    "GKE version", "(latest|-|[0-9]+(\\.[0-9]+){0,2}(-gke\\.[0-9]+)?)", "it looks like 1.33 or 1.33.1-gke.1584000", 64
)


def opposite(text: str) -> str:
    """ENABLE_OPS_AGENT's value as DISABLE_OPS_AGENT's; what is neither yes nor no stays as it is."""
    word = text.strip().casefold()
    if word in TRUE_WORDS:
        return "false"
    return "true" if word in FALSE_WORDS else text


@dataclass(frozen=True, kw_only=True)
class LaterParameters:
    """Not in this version."""

    nfs_fileshare_list: tuple[FileShare, ...] = parameter(
        FileShares(),
        default=(),
        aliases={"NFS_FILESTORE_LIST": None},
        later="share a bucket through GCS_MOUNT_LIST, or mount a share that exists from STARTUP_COMMAND",
        help="NFS shares that are made and mounted on every machine: </mount/path>:<type>[:<size in GB>], several "
        "separated by commas. Types are BASIC_HDD, BASIC_SSD, HIGH_SCALE_SSD and ENTERPRISE; the size is 2560 where "
        "it is left out.",
        example="/mnt/share:BASIC_SSD:2560",
    )
    disable_ops_agent: bool = parameter(
        YesNo(later={"no": OPS_AGENT}),
        default=True,
        default_text="true: the ops agent is not installed in this version (the old tool installed it)",
        aliases={"ENABLE_OPS_AGENT": opposite},
        help="Whether Google Cloud's ops agent is left out. The alias ENABLE_OPS_AGENT means the opposite.",
        example="true",
    )
    cleanup_on_exit: bool = parameter(
        YesNo(later={"yes": "run Destroy with the same env file when you are done"}),
        default=False,
        help="Whether the cluster is destroyed when the container ends.",
        example="no",
    )
    gke_node_pool_count: int = parameter(
        WholeNumber(0, 100),
        default=0,
        orchestrator="gke",
        unit="node pools",
        help="How many equal node pools the GKE cluster has.",
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
        help="The least number of machines that a node pool shrinks to; later replaced by "
        "GKE_NODE_COUNT_PER_NODE_POOL.",
        example="1",
    )
    gke_max_node_count: int = parameter(
        WholeNumber(0, 1000),
        default=0,
        orchestrator="gke",
        unit="machines a pool",
        help="The greatest number of machines that a node pool grows to; later replaced by "
        "GKE_NODE_COUNT_PER_NODE_POOL.",
        example="4",
    )
    gke_version: str = parameter(
        _GKE_VERSION,
        default="latest",
        orchestrator="gke",
        since="old tool, May 2023",
        help="The version of the GKE cluster.",
        example="1.33",
    )
    gke_enable_compact_placement: bool = parameter(
        YesNo(),
        default=False,
        orchestrator="gke",
        since="old tool, May 2023",
        help="Whether a node pool's machines are placed close to each other.",
        example="true",
    )
    custom_node_pool: tuple[NodePool, ...] = parameter(
        NodePools(),
        default=(),
        orchestrator="gke",
        since="old tool, May 2023",
        help="Node pools that differ: a list of maps in HCL with name, zone, node_count, machine_type, "
        "guest_accelerator_count, guest_accelerator_type and, if wanted, enable_compact_placement. Not together with "
        "the parameters of equal pools.",
        example='[{ name = "pool-1", zone = "us-central1-a", node_count = 2, machine_type = "a2-highgpu-2g", '
        'guest_accelerator_count = 2, guest_accelerator_type = "nvidia-tesla-a100" }]',
    )
