"""The settings of a run on Google Cloud, typed."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.declared.gcp.capacity import CapacityParameters
from cluster_provision.settings.declared.gcp.cluster import ClusterParameters
from cluster_provision.settings.declared.gcp.gke import GkeParameters
from cluster_provision.settings.declared.gcp.machine import MachineParameters
from cluster_provision.settings.declared.gcp.nodes import NodeParameters
from cluster_provision.settings.declared.gcp.slurm import SlurmMachineParameters
from cluster_provision.settings.declared.gcp.storage import StorageParameters
from cluster_provision.settings.declared.health import HealthParameters
from cluster_provision.settings.gcp.images import DEFAULT_PROJECT, default_family
from cluster_provision.settings.slurm_cloud import SlurmCloudSettings


@dataclass(frozen=True, kw_only=True)
class GcpSettings(
    GkeParameters,
    SlurmMachineParameters,
    NodeParameters,
    HealthParameters,
    StorageParameters,
    CapacityParameters,
    MachineParameters,
    ClusterParameters,
    SlurmCloudSettings,
):
    """Every parameter that has an effect, under its name in lower case.

    Values that follow from several parameters are filled in: `gpu_count`, `accelerator_type` (empty without GPUs),
    `disk_type`, `image_family_name`, `image_project`, `provisioning_model` and `max_run_duration`. With
    SHARED_STORAGE=filestore, the share of /home is the first of `nfs_fileshare_list`.
    """

    @property
    def machine_type(self) -> str:
        """The machine type."""
        return self.vm_type

    @property
    def controller_machine_type(self) -> str:
        """The machine type of Slurm's controller."""
        return self.controller_type

    @property
    def login_machine_type(self) -> str:
        """The machine type of Slurm's login nodes."""
        return self.login_type or self.controller_type

    @property
    def first_zone(self) -> str:
        """The zone that is tried first."""
        return self.zone[0]

    @property
    def region(self) -> str:
        """The first zone's region: us-central1 for us-central1-a."""
        return self.regions[0]

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of all zones, each once, in the order of the zones."""
        return tuple(dict.fromkeys(zone.rpartition("-")[0] for zone in self.zone))

    @property
    def state_bucket(self) -> str:
        """The bucket of Terraform's state, the copied files and the nodes' records.

        Without TERRAFORM_GCS_PATH it is named after the project; a bucket's name can't hold the ":" and "." of a
        domain-scoped one.
        """
        if self.terraform_gcs_path:
            return self.terraform_gcs_path.bucket
        return f"aiinfra-terraform-{self.project_id}".replace(":", "-").replace(".", "-")

    @property
    def image(self) -> str:
        """The image in Compute Engine's form, projects/P/global/images/N or …/images/family/F."""
        project = self.image_project or DEFAULT_PROJECT
        if self.image_name:
            return f"projects/{project}/global/images/{self.image_name}"
        family = self.image_family_name or default_family(self.orchestrator_type)
        return f"projects/{project}/global/images/family/{family}"
