"""The cluster on Azure: its subscription, region, names and size."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.declared.cloud import CLOUDS
from cluster_provision.settings.parameter import mandatory, parameter
from cluster_provision.settings.readers.azure.lists import AvailabilityZones
from cluster_provision.settings.readers.azure.names import (
    LONGEST_PREFIX,
    NAME_PREFIX,
    RESOURCE_GROUP,
    SCALE_SET,
    SUBSCRIPTION,
    Location,
)
from cluster_provision.settings.readers.azure.tags import Tags
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.numbers import WholeNumber

ORCHESTRATORS = ("none", "ray", "slurm")
# learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes, read 2026-11-25.
MOST_INSTANCES = 1000


@dataclass(frozen=True, kw_only=True)
class AzureClusterParameters:
    """The cluster."""

    subscription_id: str = mandatory(
        SUBSCRIPTION,
        cloud="azure",
        aliases={"ARM_SUBSCRIPTION_ID": None, "AZURE_SUBSCRIPTION_ID": None},
        since="0.1.0",
        help="The ID of the subscription in which the cluster is made. ARM_SUBSCRIPTION_ID and AZURE_SUBSCRIPTION_ID, "
        "the names that Terraform and Azure's other tools use, mean the same.",
        example="00000000-0000-0000-0000-000000000000",
    )
    location: str = mandatory(
        Location(),
        cloud="azure",
        help="The region in which the cluster is made.",
        example="eastus2",
    )
    name_prefix: str = parameter(
        NAME_PREFIX,
        default="",
        default_text="VMSS_NAME; one of the two must be set",
        cloud="azure",
        help="The cluster's name and identity: the same prefix in the same subscription is the same cluster. The names "
        f"of its network's parts begin with it. At most {LONGEST_PREFIX} characters, because a virtual network's name "
        "has "
        'at most 64 and is "<prefix>-vnet".',
        example="my-cluster",
    )
    vmss_name: str = parameter(
        SCALE_SET,
        default="",
        default_text="NAME_PREFIX",
        cloud="azure",
        help="The scale set's name.",
        example="vmss",
    )
    resource_group: str = parameter(
        RESOURCE_GROUP,
        default="",
        default_text="<NAME_PREFIX>-rg",
        cloud="azure",
        help="The resource group in which the cluster is made. An existing one is used, and stays; a missing one is "
        "made, and is deleted with the cluster.",
        example="vmss-rg",
    )
    instance_count: int = parameter(
        WholeNumber(0, MOST_INSTANCES),
        default=2,
        unit="machines",
        cloud="azure",
        help="How many machines the cluster has. A scale set holds at most 1,000. One in a single placement group, "
        "which InfiniBand needs in ORCH_MODE=uniform, holds 100. With ORCHESTRATOR_TYPE=slurm, how many of MAX_NODES "
        "are on after the first Create, which may be 0; a later Create starts nodes where it is raised.",
        example="2",
    )
    zones: tuple[str, ...] = parameter(
        AvailabilityZones(),
        default=(),
        default_text="unset: Azure chooses, and promises no zone",
        cloud="azure",
        since="0.1.0",
        help="The availability zones over which the machines are spread.",
        example="1,2,3",
    )
    orchestrator_type: str = parameter(
        Choice(
            ORCHESTRATORS,
            later={
                "gke": "it is Google Cloud's: use CLOUD=gcp, or leave it out for machines without a scheduler",
            },
        ),
        default="none",
        cloud="azure",
        help="What the tool sets up on the machines: ray, a Ray cluster; slurm, a Slurm cluster whose machines "
        "come and go; none.",
        example="none",
    )
    tags: dict[str, str] = parameter(
        Tags(),
        default={},
        cloud="azure",
        help="Tags of every resource that can have tags: a map in HCL, or key=value pairs separated by commas. The "
        "tool adds aiinfra-cluster, with a value that stays the same for the life of the cluster, by which costs can "
        "be filtered.",
        example="team=research,stage=test",
    )
    cloud: str = parameter(
        CLOUDS,
        default="azure",
        cloud="all",
        since="0.1.0",
        help="The cloud on which the cluster is made.",
        example="azure",
    )
