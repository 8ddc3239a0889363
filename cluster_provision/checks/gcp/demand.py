"""Computes what a cluster adds to the usage of its project's quotas."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type
from cloud_facts.gcp.quotas import cpu_metric, disk_metric, filestore_quota, gpu_family, gpu_metric
from cluster_provision.checks.gcp.machine_pools import to_make
from cluster_provision.settings.gcp.network_layouts import Layout, layout
from cluster_provision.settings.gcp.slurm_machines import DATA_DISK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.gcp.machine_pools import MachinePool
    from cluster_provision.checks.gcp.subject import GcpSubject

GLOBAL = "global"
GPU_FAMILY = "GPUS_PER_GPU_FAMILY"
CPU_FAMILY = "CPUS_PER_VM_FAMILY"
SSD_FAMILY = "LOCAL_SSD_TOTAL_GB_PER_VM_FAMILY"
MADE_BY_GKE = ("tcpxo", "rdma")
"""GKE makes the networks of these layouts itself (accelerator_network_profile of google_container_node_pool 7.45.0)."""
GB_A_LOCAL_SSD = {"A4X": 3000}
"""Gigabytes of a local SSD; 375 for all other series.

docs.cloud.google.com/compute/docs/accelerator-optimized-machines of 2026-04-13
"""
COMPUTE = "compute.googleapis.com"
FILE = "file.googleapis.com"


@dataclass(frozen=True)
class Source:
    """A quota of the Cloud Quotas API, for what Compute Engine's own list has no metric for."""

    service: str
    quota: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Demand:
    """`amount` more of what `metric` counts in `place`, a region or GLOBAL.

    `regular` is the metric that counts instead when the preemptible one was never granted. `source` has the limit where
    Compute Engine doesn't. `metric` is empty where no metric is known that counts `what`.
    """

    metric: str
    place: str
    amount: int
    what: str = ""
    regular: str = ""
    source: Source | None = None


@dataclass
class _Sum:
    amounts: defaultdict[Demand, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, demands: Iterator[Demand]) -> None:
        for demand in demands:
            self.amounts[replace(demand, amount=0)] += demand.amount

    def all(self) -> tuple[Demand, ...]:
        return tuple(replace(demand, amount=amount) for demand, amount in self.amounts.items() if amount)


def demands(subject: GcpSubject, zone: str, *, later: bool = False) -> tuple[Demand, ...]:
    """Return what making or growing the cluster in `zone` adds. Demands of one metric are summed.

    With `later`, also what it adds once all nodes are on that there can be.
    """
    total = _Sum()
    for pool, count in to_make(subject, zone):
        total.add(_of_machines(subject, pool, count + (pool.possible - pool.count if later else 0)))
    total.add(_of_networks(subject))
    total.add(_of_shares(subject, zone))
    total.add(_of_data_disk(subject, zone))
    return total.all()


def _of_machines(subject: GcpSubject, pool: MachinePool, count: int) -> Iterator[Demand]:
    region = pool.region
    if not pool.reservation:  # a reservation counts on quotas from the day it begins
        yield from _of_processors(subject, pool, count)
    metric = disk_metric(pool.disk_type)
    what = "" if metric else f"GB of {pool.disk_type}"
    yield Demand(metric, region, pool.disk_gb * count, what)
    yield Demand("INSTANCES", region, count)
    if pool.external_address:
        yield Demand("IN_USE_ADDRESSES", region, count)


def _of_processors(subject: GcpSubject, pool: MachinePool, count: int) -> Iterator[Demand]:
    """Yield the demand for the GPUs, vCPUs and local SSDs of a machine type."""
    facts = subject.catalogue.machine_type(pool.zone, pool.machine_type)
    kind, gpus = pool.accelerator, pool.gpus
    if facts and facts.accelerators:
        kind, gpus = facts.accelerators[0]
    if gpus:
        yield _gpus(pool, kind, gpus * count)
        yield Demand("GPUS_ALL_REGIONS", GLOBAL, gpus * count)
    if facts is None:  # the check of the machine type reports it
        return
    yield _vcpus(pool, facts.vcpus * count)
    yield Demand("CPUS_ALL_REGIONS", GLOBAL, facts.vcpus * count)
    if facts.local_ssds:
        series = pool.machine_type.partition("-")[0].upper()
        amount = facts.local_ssds * GB_A_LOCAL_SSD.get(series, 375) * count
        yield Demand(SSD_FAMILY, pool.region, amount, source=_family(SSD_FAMILY, "vm_family", series))


def _gpus(pool: MachinePool, kind: str, amount: int) -> Demand:
    metric, family = gpu_metric(kind), gpu_family(kind)
    what = "" if metric else kind
    if pool.preemptible and metric:
        own = Source(COMPUTE, f"PREEMPTIBLE-{metric.replace('_', '-')}-per-project-region")
        return Demand(f"PREEMPTIBLE_{metric}", pool.region, amount, regular=metric, source=own)
    source = _family(GPU_FAMILY, "gpu_family", family) if family else None
    return Demand(metric, pool.region, amount, what, source=source)


def _vcpus(pool: MachinePool, amount: int) -> Demand:
    series = pool.machine_type.partition("-")[0]
    metric = cpu_metric(series)
    if not metric:
        source = _family(CPU_FAMILY, "vm_family", series.upper())
        return Demand(CPU_FAMILY, pool.region, amount, source=source)
    if pool.preemptible:
        return Demand("PREEMPTIBLE_CPUS", pool.region, amount, regular=metric)
    return Demand(metric, pool.region, amount)


def _family(metric: str, dimension: str, family: str) -> Source:
    """Return a quota by family, which Compute Engine's own list of quotas does not hold."""
    return Source(COMPUTE, f"{metric.replace('_', '-')}-per-project-region", ((dimension, family),))


def _of_networks(subject: GcpSubject) -> Iterator[Demand]:
    """Yield the demand for networks, unless the state holds them: default quotas allow only a few."""
    settings = subject.settings
    if settings.network_config == "default_network" or "google_compute_network" in subject.facts.kinds:
        return
    wanted = layout(settings) or Layout()
    if settings.orchestrator_type == "gke" and machine_type(settings.vm_type).layout not in MADE_BY_GKE:
        wanted = Layout()
    yield Demand("NETWORKS", GLOBAL, wanted.networks)
    yield Demand("SUBNETWORKS", GLOBAL, wanted.cards)
    yield Demand("ROUTERS", GLOBAL, 1)


def _of_data_disk(subject: GcpSubject, zone: str) -> Iterator[Demand]:
    """Yield what a Slurm controller's data disk adds to the one that there is, which may be an earlier cluster's."""
    if subject.settings.orchestrator_type != "slurm":
        return
    there = subject.data_disk_gb if zone == subject.zone else 0
    more = max(0, subject.settings.data_disk_gb - there)
    yield Demand(disk_metric(DATA_DISK), zone.rpartition("-")[0], more)


def _of_shares(subject: GcpSubject, zone: str) -> Iterator[Demand]:
    """Yield the demand for Filestore. Only Cloud Quotas has its quotas, and only some tiers' names are known."""
    if "google_filestore_instance" in subject.facts.kinds or subject.settings.orchestrator_type == "gke":
        return
    for share in subject.settings.nfs_fileshare_list:
        quota = filestore_quota(share.tier)
        region = zone.rpartition("-")[0]
        source = Source(FILE, quota) if quota else None
        yield Demand(quota, region, share.size_gb, f"GiB of Filestore {share.tier}", source=source)
