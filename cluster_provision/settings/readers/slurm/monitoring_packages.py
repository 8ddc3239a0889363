"""Reads the packages of MONITORING_PACKAGES: Grafana's, dcgm-exporter's, Google's ops agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.packages import PackageUrls
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.settings.readers.slurm.packages import PackageUrl

GRAFANA = ("grafana", "grafana-enterprise")
"""Grafana's own packages (grafana.com/grafana/download)."""
AGENT = "google-cloud-ops-agent"
"""Google's own (packages.cloud.google.com/apt)."""
GPUS = "datacenter-gpu-manager"
"""The beginning of NVIDIA's own (docs.nvidia.com/datacenter/dcgm, "Install DCGM Exporter")."""
EXPORTER = f"{GPUS}-exporter"


class MonitoringPackages(PackageUrls):
    """URLs with #sha256= and the hash, separated by commas; the files' names say what they are for."""

    def read(self, text: str) -> tuple[PackageUrl, ...]:
        """Return the packages in order. Raises BadValue with a reason for every bad one."""
        found = super().read(text)
        reasons = [
            f"names {each.file_name}, which is neither Grafana's ({', '.join(GRAFANA)}) nor dcgm-exporter's ({GPUS}…), "
            f"nor {AGENT}"
            for each in found
            if _name(each) not in (*GRAFANA, AGENT) and not _name(each).startswith(GPUS)
        ]
        for what, names in (("Grafana", GRAFANA), ("the ops agent", (AGENT,))):
            if len(twice := [each.file_name for each in found if _name(each) in names]) > 1:
                reasons.append(f"names {what} more than once: {', '.join(twice)}")
        gpus = gpu_packages(found)
        if gpus and EXPORTER not in map(_name, gpus):
            reasons.append(f"names no {EXPORTER}, without which the others count nothing")
        if reasons:
            raise BadValue(*reasons)
        return found


def grafana_package(packages: Iterable[PackageUrl]) -> PackageUrl | None:
    """Grafana's, `None` where there is none."""
    return next((each for each in packages if _name(each) in GRAFANA), None)


def agent_package(packages: Iterable[PackageUrl]) -> PackageUrl | None:
    """The ops agent's, `None` where there is none."""
    return next((each for each in packages if _name(each) == AGENT), None)


def gpu_packages(packages: Iterable[PackageUrl]) -> tuple[PackageUrl, ...]:
    """Those of dcgm-exporter, which is the last: it needs the others."""
    found = [each for each in packages if _name(each).startswith(GPUS)]
    return tuple(sorted(found, key=lambda each: _name(each) == EXPORTER))


def _name(each: PackageUrl) -> str:
    return each.file_name.partition("_")[0]
