"""The node pools that the settings ask for, as terraform/gcp/gke takes them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.rules.gcp.gke_pools import takes_accelerator_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.settings import GcpSettings
    from cluster_provision.settings.readers.gcp.maps import NodePool

SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One pool; `node_count` is None where GKE scales it between `min_nodes` and `max_nodes`."""

    zone: str
    machine_type: str
    accelerator_type: str
    accelerator_count: int
    node_count: int | None
    min_nodes: int | None
    max_nodes: int | None
    disk_size_gb: int
    disk_type: str
    provisioning_model: str
    max_run_duration: int | None
    reservation: str
    compact_placement: bool
    accelerator_network: bool
    rdma: bool
    local_ssds: int

    @property
    def least(self) -> int:
        """The number of nodes that it has at any time."""
        return self.node_count if self.node_count is not None else self.min_nodes or 0

    def variables(self) -> dict[str, Any]:
        """As the root module's `node_pools` has it."""
        return asdict(self)


def pools_of(settings: GcpSettings, zone: str, local_ssds: Callable[[str, str], int]) -> dict[str, Pool]:
    """The pools by name; `local_ssds` tells how many local disks a machine type brings in a zone."""
    if settings.custom_node_pool:
        return {each.name: _custom(settings, zone, each, local_ssds) for each in settings.custom_node_pool}
    equal = _equal(settings, zone, local_ssds)
    return {f"{settings.name_prefix}-nodepool-{number}": equal for number in range(settings.gke_node_pool_count)}


def needs_system_pool(pools: dict[str, Pool]) -> bool:
    """Whether GKE's own pods have no place: GKE keeps them off GPUs, and a pool may shrink to nothing."""
    return not any(pool.least and not pool.accelerator_count for pool in pools.values())


def _equal(settings: GcpSettings, zone: str, local_ssds: Callable[[str, str], int]) -> Pool:
    fixed = settings.gke_node_count_per_node_pool or None
    return _pool(
        settings,
        zone=zone,
        kind=settings.vm_type,
        accelerator=(settings.accelerator_type, settings.gpu_count),
        sizes=(fixed, settings.gke_min_node_count, settings.gke_max_node_count),
        disk_type=settings.disk_type,
        compact=settings.gke_enable_compact_placement,
        local_ssds=local_ssds,
    )


def _custom(settings: GcpSettings, zone: str, given: NodePool, local_ssds: Callable[[str, str], int]) -> Pool:
    disks = machine_type(given.machine_type).disks
    return _pool(
        settings,
        zone=given.zone or zone,
        kind=given.machine_type,
        accelerator=(given.guest_accelerator_type, given.guest_accelerator_count),
        sizes=(given.node_count, 0, 0),
        disk_type=settings.disk_type if not disks or settings.disk_type in disks else disks[0],
        compact=given.enable_compact_placement,
        local_ssds=local_ssds,
    )


def _pool(
    settings: GcpSettings,
    *,
    zone: str,
    kind: str,
    accelerator: tuple[str, int],
    sizes: tuple[int | None, int, int],
    disk_type: str,
    compact: bool,
    local_ssds: Callable[[str, str], int],
) -> Pool:
    """`sizes` are the fixed number, or None and the least and the most."""
    fixed, least, most = sizes
    if settings.provisioning_model == "flex-start":
        # They come once there is capacity, when pods ask for them: GKE begins such a pool with none.
        fixed, least, most = None, 0, max(fixed or 0, most)
    joined = settings.network_config == "multi_nic_network" and takes_accelerator_network(kind)
    return Pool(
        zone=zone,
        machine_type=kind,
        accelerator_type=accelerator[0] if accelerator[1] else "",
        accelerator_count=accelerator[1],
        node_count=fixed,
        min_nodes=None if fixed is not None else least,
        max_nodes=None if fixed is not None else most,
        disk_size_gb=settings.disk_size_gb,
        disk_type=disk_type,
        provisioning_model=settings.provisioning_model,
        max_run_duration=settings.max_run_duration * SECONDS_AN_HOUR if settings.max_run_duration else None,
        reservation=settings.reservation_name or "",
        compact_placement=compact,
        accelerator_network=joined,
        rdma=joined and machine_type(kind).layout == "rdma",
        local_ssds=local_ssds(zone, kind),
    )
