"""The pools of equal machines that a cluster is to have, and the number of machines still to be made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.settings.gcp.slurm_machines import controller_machine, login_machine, node_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.settings import GcpSettings
    from cluster_provision.settings.gcp.slurm_machines import SlurmMachine

PREEMPTIBLE = ("spot", "flex-start")
"""Provisioning models whose machines count on preemptible quotas (docs.cloud.google.com, "Allocation quotas")."""


@dataclass(frozen=True)
class MachinePool:
    """A pool of `count` equal machines in `zone`: their provisioning `model`, and the `reservation` that they use.

    `most` is how many there can be later, 0 where `count` is that.
    """

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
    most: int = 0

    @property
    def region(self) -> str:
        return self.zone.rpartition("-")[0]

    @property
    def possible(self) -> int:
        """How many there can be."""
        return max(self.count, self.most)

    @property
    def preemptible(self) -> bool:
        """Whether they count on preemptible quotas."""
        return self.model in PREEMPTIBLE


def wanted(subject: GcpSubject, zone: str) -> tuple[MachinePool, ...]:
    """Return the pools that a cluster in `zone` would have."""
    s = subject.settings
    if s.orchestrator_type == "gke":
        return tuple(_of_pools(s, zone))
    if s.orchestrator_type == "slurm":
        return tuple(_of_slurm(s, zone))
    return (_like(s, zone, s.instance_count, s.external_ip),)


def _of_pools(settings: GcpSettings, zone: str) -> Iterator[MachinePool]:
    """Yield the node pools at their largest. GKE's machines have no external addresses.

    The small pool for GKE's own pods is not counted: the target decides whether there is one.
    """
    each = max(settings.gke_node_count_per_node_pool, settings.gke_max_node_count, settings.gke_min_node_count)
    count = settings.gke_node_pool_count * each
    if count:
        yield _like(settings, zone, count, external_address=False)
    for pool in settings.custom_node_pool:
        yield replace(
            _like(settings, pool.zone or zone, pool.node_count, external_address=False),
            machine_type=pool.machine_type,
            gpus=pool.guest_accelerator_count,
            accelerator=pool.guest_accelerator_type,
        )


def _of_slurm(settings: GcpSettings, zone: str) -> Iterator[MachinePool]:
    """Yield controller, login nodes, and the pools: with what is on after Create, and with what there can be."""
    address = settings.external_ip
    yield pool_like(controller_machine(settings), zone, 1, external_address=address)
    if settings.login_names:
        yield pool_like(login_machine(settings), zone, len(settings.login_names), external_address=address)
    for pool in settings.slurm_pools:
        found = pool_like(node_machine(settings, pool), zone, pool.on, external_address=address)
        yield replace(found, most=pool.count)


def pool_like(machine: SlurmMachine, zone: str, count: int, *, external_address: bool) -> MachinePool:
    """Return a pool of so many machines of this kind."""
    return MachinePool(
        machine_type=machine.machine_type,
        zone=zone,
        count=count,
        gpus=machine.gpus,
        accelerator=machine.accelerator,
        disk_type=machine.disk_type,
        disk_gb=machine.disk_gb,
        external_address=external_address,
        model=machine.model,
        reservation=machine.reservation,
    )


def _like(settings: GcpSettings, zone: str, count: int, external_address: bool) -> MachinePool:
    return MachinePool(
        machine_type=settings.vm_type,
        zone=zone,
        count=count,
        gpus=settings.gpu_count,
        accelerator=settings.accelerator_type,
        disk_type=settings.disk_type,
        disk_gb=settings.disk_size_gb,
        external_address=external_address,
        model=settings.provisioning_model,
        reservation=settings.reservation_name or "",
    )


def named_in(settings: GcpSettings, machine_type: str) -> str:
    """Return the variable that names the machine type, with its value."""
    if machine_type == settings.vm_type:
        return f"VM_TYPE={machine_type}"
    if settings.orchestrator_type == "slurm":
        return f"the machine type {machine_type} (CONTROLLER_TYPE, LOGIN_TYPE, PARTITIONS)"
    return f"CUSTOM_NODE_POOL's machine_type {machine_type}"


def to_make(subject: GcpSubject, zone: str) -> tuple[tuple[MachinePool, int], ...]:
    """Return the pools, and how many machines of each are still missing: present ones count on quotas already."""
    pools = wanted(subject, zone)
    present = subject.catalogue.cluster_machines(subject.label) if subject.facts.resources else ()
    # Node pools of another type are replaced. A group keeps the machines that it has, and adds none beside them.
    by_type = subject.settings.orchestrator_type in ("gke", "slurm")
    left = Counter((zone.rpartition("-")[0], kind if by_type else "") for zone, kind in present)
    found = []
    for each in pools:
        key = (each.region, each.machine_type if by_type else "")
        there = min(each.count, left[key])
        left[key] -= there
        found.append((each, each.count - there))
    return tuple(found)
