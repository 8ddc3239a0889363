"""The settings of a Slurm cluster on a cloud: its machines by name, its pools and partitions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.settings.common import CloudSettings
from cluster_provision.settings.declared.slurm import SlurmParameters
from cluster_provision.settings.declared.slurm_nodes import SlurmNodeParameters
from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartition
from cluster_provision.settings.readers.slurm.partitions import Partition

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.shared_storage import SharedStorage
    from cluster_provision.settings.readers.slurm.users import ClusterUser

HPC = CloudPartition(Partition("hpc", (), default=True), own=True)
"""The only partition where PARTITIONS names none."""


@dataclass(frozen=True)
class PoolSettings:
    """Equal nodes that come and go, which the partition of the same name has.

    `count` is how many there can be, `on` how many of them are on after the first Create, `nodes` their names in order.
    The `first` has the cluster's own machine settings; the others differ in `machine_type`, a type or a size.
    """

    name: str
    count: int
    on: int
    machine_type: str
    first: bool
    nodes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SlurmCloudSettings(SlurmNodeParameters, SlurmParameters, CloudSettings, ABC):
    """The settings of clouds on which Slurm's machines are made.

    Filled in: `partitions`, `max_nodes` and `instance_count` fit each other; `users` are those of USERS_FILE;
    `keep_data_disk` is whether Destroy leaves the controller's disk. With another orchestrator than slurm there are no
    pools, no partitions and no names.
    """

    delete_file_shares: bool
    shared_storage: SharedStorage
    users: tuple[ClusterUser, ...] = ()
    keep_data_disk: bool = False

    @property
    @abstractmethod
    def machine_type(self) -> str:
        """The type or size of the first pool's machines."""

    @property
    @abstractmethod
    def controller_machine_type(self) -> str:
        """The type or size of the controller."""

    @property
    @abstractmethod
    def login_machine_type(self) -> str:
        """The type or size of the login nodes."""

    @property
    def data_disk_holds(self) -> str:
        """What the controller's data disk holds, in words."""
        held = ["homes"] if self.shared_storage.kind == "controller" else []
        held += ["accounting"] if self.accounting == "local" else []
        return " and ".join(held) or "Slurm's state"

    @property
    def is_slurm(self) -> bool:
        """Whether the cluster is one of Slurm."""
        return self.orchestrator_type == "slurm"

    @property
    def controller_name(self) -> str:
        """The controller's name."""
        return f"{self.name_prefix}-controller" if self.is_slurm else ""

    @property
    def login_names(self) -> tuple[str, ...]:
        """The login nodes' names; without any, users log in on the controller."""
        count = self.login_count if self.is_slurm else 0
        return tuple(f"{self.name_prefix}-login-{number}" for number in range(1, count + 1))

    @property
    def slurm_pools(self) -> tuple[PoolSettings, ...]:
        """The pools in the order of PARTITIONS."""
        own = [each for each in self._partitions if each.own]
        return tuple(self._pool(each, first=each is own[0]) for each in own)

    @property
    def slurm_nodes(self) -> tuple[str, ...]:
        """The names of all compute nodes that there can be, pool by pool."""
        return tuple(name for pool in self.slurm_pools for name in pool.nodes)

    @property
    def slurm_partitions(self) -> tuple[Partition, ...]:
        """The partitions, with the names of their nodes or with `ALL`."""
        nodes = {pool.name: pool.nodes for pool in self.slurm_pools}
        return tuple(
            replace(each.partition, nodes=nodes[each.name]) if each.own else each.partition for each in self._partitions
        )

    @property
    def _partitions(self) -> tuple[CloudPartition, ...]:
        return (self.partitions or (HPC,)) if self.is_slurm else ()

    def _pool(self, each: CloudPartition, *, first: bool) -> PoolSettings:
        count = each.count or (self.max_nodes if first else None) or self.instance_count
        on = (self.instance_count if first else 0) if each.on is None else each.on
        return PoolSettings(
            each.name,
            count,
            on,
            each.machine_type or self.machine_type,
            first,
            tuple(f"{self.name_prefix}-{each.name}-{number}" for number in range(1, count + 1)),
        )
