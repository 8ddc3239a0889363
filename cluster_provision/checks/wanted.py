"""The machines that a cluster is to have, and how many of them are still to be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.checks.base import Subject

PREEMPTIBLE = ("spot", "flex-start")
"""Provisioning models whose machines count on preemptible quotas (docs.cloud.google.com, "Allocation quotas")."""


@dataclass(frozen=True)
class Machines:
    """`count` equal machines in `zone`; `model` is the provisioning model, `reservation` names one that they take."""

    machine_type: str
    zone: str
    count: int
    gpus: int
    accelerator: str
    disk_type: str
    disk_gb: int
    external_address: bool
    model: str = "standard"
    reservation: str = ""

    @property
    def region(self) -> str:
        """The zone's region."""
        return self.zone.rpartition("-")[0]

    @property
    def preemptible(self) -> bool:
        """Whether they count on preemptible quotas."""
        return self.model in PREEMPTIBLE


def wanted(subject: Subject, zone: str) -> tuple[Machines, ...]:
    """The machines in their full number, were the cluster made in `zone`."""
    s = subject.settings
    return (
        Machines(
            machine_type=s.vm_type,
            zone=zone,
            count=s.instance_count,
            gpus=s.gpu_count,
            accelerator=s.accelerator_type,
            disk_type=s.disk_type,
            disk_gb=s.disk_size_gb,
            external_address=s.external_ip,
        ),
    )


def added(subject: Subject, machines: Machines) -> int:
    """How many of them are not there yet: those of an earlier Create count on the quotas already."""
    if not subject.facts.resources:
        return machines.count
    present = subject.catalogue.cluster_machines(subject.label)
    return max(0, machines.count - sum(1 for zone, _ in present if zone.rpartition("-")[0] == machines.region))
