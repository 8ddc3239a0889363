"""Slurm on Azure: the controller's and the login nodes' machines, and the parameters of the CycleCloud cluster."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.azure.config_yaml import config_yaml
from cluster_provision.settings.readers.azure.machine_types import SizeName
from cluster_provision.settings.readers.choices import Choice, YesNo
from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.slurm.shared_storage import ON_CONTROLLER, SharedStorage, Storage

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_CONTROLLER = "Standard_D4s_v5"
# learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes, read 2026-11-25.
MOST_IN_A_SCALE_SET = 1000
MOST_CORES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class AzureSlurmParameters:
    """Slurm."""

    controller_sku: str = parameter(
        SizeName(),
        default=DEFAULT_CONTROLLER,
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="The size of Slurm's controller. It needs no GPUs, and is always on.",
        example="Standard_D8s_v5",
    )
    login_sku: str = parameter(
        SizeName(),
        default="",
        default_text="CONTROLLER_SKU",
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="The login nodes' size.",
        example="Standard_D2s_v5",
    )
    shared_storage: SharedStorage = parameter(
        Storage(
            Choice(
                ("controller", "anf"),
                refused={"filestore": "it is Google Cloud's; set anf, or leave homes on the controller's data disk"},
            )
        ),
        default=ON_CONTROLLER,
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="Where homes are: controller, on its data disk, which the other machines mount; or anf, "
        "a volume of Azure NetApp Files that the tool makes, Premium, of 4 TiB or as many as a number after a colon "
        "says (anf:8), which can grow; or "
        "nfs:<server>:/<exported folder>, an NFS server that is there already. All machines mount either on "
        "/shared, and its folder home as /home.",
        example="anf:8",
    )
    key_vault: bool = parameter(
        YesNo(),
        default=False,
        default_text="no, with CONFIG_FILE yes",
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="Whether the cluster has a Key Vault of its own, which keeps the pair that the tool has made, munge's key "
        "and the password of accounting, for whoever may read them there. It is closed to every network, and no "
        "secret of it is in Terraform's state. Destroy deletes it, and purges it where that is allowed.",
        example="yes",
    )
    delete_file_shares: bool = parameter(
        YesNo(),
        default=True,
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        run_only=True,
        help="Whether Destroy deletes the controller's data disk with homes and accounting on it. With no, Destroy "
        "keeps the disk, and the resource group that it is in, and removes everything else; the next Create of the "
        "same name takes the disk again, and a Destroy without it deletes it.",
        example="no",
    )
    hpc_max_core_count: int | None = parameter(
        WholeNumber(1, MOST_CORES),
        default=None,
        unit="vCPUs",
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="The vCPUs of all nodes that the first partition can have, in MAX_NODES' place, as the CycleCloud cluster "
        "had it. They must be whole nodes of SKU.",
        example="384",
    )
    hpc_max_num_vms: int = parameter(
        WholeNumber(1, MOST_IN_A_SCALE_SET),
        default=100,
        unit="machines",
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="How many nodes a scale set holds, each of which is a switch of Slurm's topology. With InfiniBand at most "
        "100, which a placement group holds.",
        example="40",
    )
    config_file: Path | None = parameter(
        GivenFile("the config.yaml of the CycleCloud cluster", check=config_yaml),
        default=None,
        cloud="azure",
        orchestrator="slurm",
        since="0.1.0",
        help="The config.yaml of the CycleCloud cluster, read as it is: region, subscription_name, "
        "resource_group_name, hpc_sku, hpc_max_core_count, hpc_max_num_vms, resource_group_tags and monitor_tags. What "
        "the env file sets wins.",
        example="/config/config.yaml",
    )
