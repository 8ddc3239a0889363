"""Slurm on Google Cloud: the controller's and the login nodes' machines, and where homes are."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.gcp.names import MACHINE_TYPE
from cluster_provision.settings.readers.slurm.shared_storage import ON_CONTROLLER, SharedStorage, Storage

# A series that every region's zones have (docs.cloud.google.com/compute/docs/regions-zones).
DEFAULT_CONTROLLER = "n2-standard-4"


@dataclass(frozen=True, kw_only=True)
class SlurmMachineParameters:
    """Slurm."""

    controller_type: str = parameter(
        MACHINE_TYPE,
        default=DEFAULT_CONTROLLER,
        orchestrator="slurm",
        since="0.1.0",
        help="The machine type of Slurm's controller. It needs no GPUs, and is always on.",
        example="n2-standard-8",
    )
    login_type: str = parameter(
        MACHINE_TYPE,
        default="",
        default_text="CONTROLLER_TYPE",
        orchestrator="slurm",
        since="0.1.0",
        help="The login nodes' machine type.",
        example="n2-standard-2",
    )
    shared_storage: SharedStorage = parameter(
        Storage(Choice(("controller", "filestore"), refused={"anf": "it is Azure's; set filestore, or name a server"})),
        default=ON_CONTROLLER,
        orchestrator="slurm",
        since="0.1.0",
        help="Where homes are: controller, on its data disk, which the other machines mount; or filestore, a share of "
        "Filestore that the tool makes for them: BASIC_SSD, of DATA_DISK_GB, and at least 2,560 GB; or "
        "nfs:<server>:/<exported folder>, an NFS server that is there already: all machines mount it on /shared, and "
        "its folder home is theirs.",
        example="filestore",
    )
