"""The cluster: its project, name, place and size."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.declared.cloud import CLOUDS
from cluster_provision.settings.parameter import mandatory, parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.gcp.lists import Zones
from cluster_provision.settings.readers.gcp.names import LONGEST_PREFIX, NAME_PREFIX, PROJECT_ID
from cluster_provision.settings.readers.numbers import WholeNumber

ORCHESTRATORS = ("none", "ray", "gke", "slurm")
# A zonal managed instance group holds at most 1,000 machines.
MOST_INSTANCES = 1000


@dataclass(frozen=True, kw_only=True)
class ClusterParameters:
    """The cluster."""

    project_id: str = mandatory(
        PROJECT_ID,
        help="The Google Cloud project in which the cluster is made: its ID, not its number or display name. With a "
        "domain-scoped project (example.com:name), TERRAFORM_GCS_PATH must be set as well, since no bucket can be "
        "named after it.",
        example="my-project-123",
    )
    name_prefix: str = mandatory(
        NAME_PREFIX,
        help="The beginning of every resource's name, and the cluster's identity: the same prefix in the same project "
        f"is the same cluster. At most {LONGEST_PREFIX} characters, because Google Cloud's names have at most 63 and "
        "the "
        'longest one here is the firewall rule "<prefix>-dpl-internal"; at most 28 with ORCHESTRATOR_TYPE=gke, whose '
        "names have at most 40.",
        example="my-cluster",
    )
    zone: tuple[str, ...] = mandatory(
        Zones(),
        help="The zone in which the machines are made; its region follows from it. Several, separated by commas, are "
        "alternatives in that order, in any region: the whole cluster is made in the first that has the capacity.",
        example="us-central1-a,us-central1-b",
    )
    instance_count: int = parameter(
        WholeNumber(0, MOST_INSTANCES),
        default=1,
        unit="machines",
        help="How many machines the cluster has. A managed instance group in one zone holds at most 1,000. With "
        "ORCHESTRATOR_TYPE=slurm, how many of MAX_NODES are on after the first Create, which may be 0; a later Create "
        "starts nodes where it is raised. Not together with ORCHESTRATOR_TYPE=gke, whose node pools have sizes of "
        "their own.",
        example="2",
    )
    orchestrator_type: str = parameter(
        Choice(ORCHESTRATORS),
        default="none",
        help="What the tool sets up: ray, a Ray cluster on the machines; slurm, a Slurm cluster whose "
        "machines come and go; gke, a private GKE cluster in place of a group of machines; none. Unset means none; in "
        "the old tool's Terraform it meant ray, against that tool's documents.",
        example="none",
    )
    cloud: str = parameter(
        CLOUDS,
        default="gcp",
        cloud="all",
        since="0.1.0",
        help="The cloud on which the cluster is made.",
        example="gcp",
    )
