"""The Slurm cluster's machines on a cloud, which come and go: how many there are, when they are on, what they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.commands import Command
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.slurm.cloud_partitions import LONGEST_POOL, MOST_NODES, CloudPartitions

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartition

MOST_LOGINS = 20
SECONDS_A_YEAR = 365 * 24 * 3600
# An object of the state store that every machine reads at its start holds all three.
MOST_COMMAND_BYTES = 32 * 1024
# A disk of Azure's has at most 32,767 GiB (learn.microsoft.com/azure/virtual-machines/disks-types), one of Google
# Cloud's more.
LEAST_DATA_GB, MOST_DATA_GB = 10, 32_767


@dataclass(frozen=True, kw_only=True)
class SlurmNodeParameters:
    """Slurm."""

    partitions: tuple[CloudPartition, ...] = parameter(
        CloudPartitions(),
        default=(),
        default_text="one partition, hpc, of MAX_NODES nodes",
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="The partitions, separated by semicolons: a name, a colon, and keys with their values, separated by "
        "commas. With Nodes=<a number> a partition has nodes of its own, at most that many: <NAME_PREFIX>-<name>-1 and "
        "so on, for which the name has at most "
        f"{LONGEST_POOL} lower-case letters and digits. On is how many of them are on after the first Create (0), and "
        "MachineType their type or size. The first such partition may leave these out: it has MAX_NODES, "
        "INSTANCE_COUNT, and the machines of the cluster's other parameters. With Nodes=ALL, or with nodes by name, a "
        "partition has nodes of others. The other keys are those of slurm.conf(5).",
        example="hpc:Nodes=8,On=2,Default=YES,MaxTime=2-00:00:00;debug:Nodes=ALL,MaxTime=60",
    )
    max_nodes: int | None = parameter(
        WholeNumber(1, MOST_NODES),
        default=None,
        default_text="INSTANCE_COUNT",
        unit="machines",
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="How many nodes the first partition can have. Those that aren't on cost nothing; Slurm shows them, and "
        "Resume or SUSPEND_TIME's power saving starts them.",
        example="8",
    )
    suspend_time: int | None = parameter(
        WholeNumber(1, SECONDS_A_YEAR),
        default=None,
        default_text="unset: nodes come and go by hand alone, with Resume and Suspend",
        unit="seconds",
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="Slurm's SuspendTime: how long a node may be idle before it is deleted. With it, jobs start the nodes "
        "that they need. The nodes that are on after the first Create stay.",
        example="600",
    )
    login_count: int = parameter(
        WholeNumber(0, MOST_LOGINS),
        default=0,
        default_text="0; 3 with CONFIG_FILE, as the CycleCloud cluster had",
        unit="machines",
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="How many login nodes there are. With 0, users log in on the controller: a login node costs money at "
        "every hour, and a few users need none.",
        example="1",
    )
    data_disk_gb: int = parameter(
        WholeNumber(LEAST_DATA_GB, MOST_DATA_GB),
        default=256,
        unit="GB",
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="The size of the controller's data disk: homes, which the other machines mount, accounting, and Slurm's "
        "own state. A controller that is lost is made anew with it. It can grow later, and not shrink.",
        example="1024",
    )
    node_command: str = parameter(
        Command(most=MOST_COMMAND_BYTES),
        default="",
        confidential=True,
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="A command that every compute node runs with bash at each start, before it takes jobs. Whoever may read "
        "the state store can read it, so keep secrets out.",
        example="modprobe nvidia_peermem",
    )
    node_command_controller: str = parameter(
        Command(most=MOST_COMMAND_BYTES),
        default="",
        confidential=True,
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="The same for the controller.",
        example="apt-get install -y slurm-drmaa1",
    )
    node_command_login: str = parameter(
        Command(most=MOST_COMMAND_BYTES),
        default="",
        confidential=True,
        cloud="made",
        orchestrator="slurm",
        since="0.1.0",
        help="The same for login nodes.",
        example="apt-get install -y emacs-nox",
    )
