"""Which quota counts what: quotas.toml. Unknown names are empty."""

from __future__ import annotations

from cloud_facts.tables import table


def gpu_metric(accelerator: str) -> str:
    """Return the metric of GPUs in a region, such as NVIDIA_T4_GPUS; Spot and flex-start put PREEMPTIBLE_ before it."""
    return _told("gpus", accelerator)


def gpu_family(accelerator: str) -> str:
    """Return the `gpu_family` that the Cloud Quotas API counts these GPUs in."""
    return _told("gpu-families", accelerator)


def cpu_metric(series: str) -> str:
    """Return the metric of a series' vCPUs in a region; `series` is the beginning of the machine type's name."""
    return _told("cpus", series)


def disk_metric(disk_type: str) -> str:
    """Return the metric of a disk type's GB in a region."""
    return _told("disks", disk_type)


def filestore_quota(tier: str) -> str:
    """Return the ID of the Cloud Quotas API's quota for a Filestore tier."""
    return _told("filestore", tier)


def _told(kind: str, name: str) -> str:
    return str(table("gcp", "quotas")[kind].get(name, ""))
