"""Slurm on machines that exist already: its partitions, and what Create and Destroy may do to the machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import YesNo
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.slurm.partitions import Partitions

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.partitions import Partition


@dataclass(frozen=True, kw_only=True)
class ExistingSlurmParameters:
    """Slurm."""

    partitions: tuple[Partition, ...] = parameter(
        Partitions(),
        default=(),
        default_text="one partition, batch, of all nodes",
        cloud="existing",
        since="0.1.0",
        help="The partitions, separated by semicolons: a name, a colon, and keys of slurm.conf(5) with their values, "
        "separated by commas.",
        example="batch:Nodes=dgx[01-04],Default=YES,MaxTime=2-00:00:00;debug:Nodes=dgx01,MaxTime=60",
    )
    slurm_user_uid: int | None = parameter(
        WholeNumber(1, 65533),
        default=None,
        default_text="64030, which Debian's packages have",
        cloud="existing",
        since="0.1.0",
        help="The number of Slurm's own user, the same on every machine.",
        example="22078",
    )
    delete_data: bool = parameter(
        YesNo(),
        default=False,
        cloud="existing",
        since="0.1.0",
        run_only=True,
        help="Whether Destroy also deletes what users made: homes of the cluster's users, shared folders that the tool "
        "made, and the accounting database.",
        example="yes",
    )
    reboot: bool = parameter(
        YesNo(),
        default=False,
        cloud="existing",
        since="0.1.0",
        run_only=True,
        help="Whether Create may restart machines where a change needs it, one group at a time.",
        example="yes",
    )
