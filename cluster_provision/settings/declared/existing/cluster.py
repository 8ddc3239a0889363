"""The cluster of machines that exist already: its name, and which machine takes which part."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.declared.cloud import CLOUDS
from cluster_provision.settings.parameter import mandatory, parameter
from cluster_provision.settings.readers.choices import Choice, YesNo
from cluster_provision.settings.readers.existing.inventories import InventoryFile
from cluster_provision.settings.readers.existing.machines import Machines, OneMachine
from cluster_provision.settings.readers.slurm.names import CLUSTER_NAME, LONGEST_CLUSTER

if TYPE_CHECKING:
    from pathlib import Path

_NO_OTHER = "machines that exist already become a Slurm cluster; leave it out, or set ORCHESTRATOR_TYPE=slurm"


@dataclass(frozen=True, kw_only=True)
class ExistingClusterParameters:
    """The cluster."""

    name_prefix: str = mandatory(
        CLUSTER_NAME,
        cloud="existing",
        help="The cluster's name, in Slurm too, and its identity: the same name on the same controller is the same "
        f"cluster. At most {LONGEST_CLUSTER} characters, because Slurm's database allows no more.",
        example="vega",
    )
    nodes: tuple[str, ...] = parameter(
        Machines(),
        default=(),
        default_text="those of INVENTORY; one of the two must be set",
        cloud="existing",
        since="0.1.0",
        help="The compute nodes: names, or name=address where the name doesn't resolve where the tool runs, separated "
        "by commas; ranges as in dgx[01-10]. In Slurm a machine has the first part of its name, in lower case.",
        example="dgx[01-04],big=10.0.0.9",
    )
    controller: str = parameter(
        OneMachine(),
        default="",
        default_text="the first slurm-master of INVENTORY, else the first of NODES, which is a compute node too",
        cloud="existing",
        since="0.1.0",
        help="The machine on which Slurm's controller and its accounting run, and which keeps the cluster's records.",
        example="head=10.0.0.2",
    )
    login_nodes: tuple[str, ...] = parameter(
        Machines(),
        default=(),
        default_text="the controller",
        cloud="existing",
        since="0.1.0",
        help="The machines on which users log in and submit jobs.",
        example="login[1-2]",
    )
    nfs_server: str = parameter(
        OneMachine(),
        default="",
        default_text="the controller",
        cloud="existing",
        since="0.1.0",
        help="The machine that shares NFS_EXPORTS.",
        example="storage=10.0.0.3",
    )
    inventory: Path | None = parameter(
        InventoryFile(),
        default=None,
        cloud="existing",
        since="0.1.0",
        help="An Ansible inventory in place of NODES, CONTROLLER, LOGIN_NODES and NFS_SERVER: INI or YAML, with the "
        "groups slurm-master, slurm-node, slurm-login, slurm-nfs (nfs-server) and slurm-nfs-client (nfs-clients). "
        "group_vars and host_vars beside it are read. What it sets and the tool doesn't take is named.",
        example="/config/inventory",
    )
    set_hostname: bool = parameter(
        YesNo(),
        default=True,
        cloud="existing",
        since="0.1.0",
        help="Whether each machine's own name becomes the one that it has in Slurm. Destroy gives the old one back.",
        example="no",
    )
    orchestrator_type: str = parameter(
        Choice(("slurm",), refused=dict.fromkeys(("none", "ray", "gke"), _NO_OTHER)),
        default="slurm",
        cloud="existing",
        help="What the tool sets up on the machines: slurm, a Slurm cluster.",
        example="slurm",
    )
    cloud: str = parameter(
        CLOUDS,
        default="existing",
        cloud="all",
        since="0.1.0",
        help="The cloud on which the cluster is made; existing are machines that exist already.",
        example="existing",
    )
