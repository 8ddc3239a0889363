"""What watches the cluster: off unless it is asked for, with packages that are known by their names."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.monitoring_packages import (
    MonitoringPackages,
    gpu_packages,
    grafana_package,
)
from cluster_provision.settings.reading import BadValue
from tests.unit.settings.slurm.clouds import CLOUDS, problems, settings

HASH = "0" * 64
GRAFANA = f"https://packages.example.org/grafana_13.0.2_amd64.deb#sha256={HASH}"
CORE = f"https://packages.example.org/datacenter-gpu-manager-4-core_4.5.3-1_amd64.deb#sha256={HASH}"
EXPORTER = f"https://packages.example.org/datacenter-gpu-manager-exporter_4.8.2-1_amd64.deb#sha256={HASH}"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_nothing_watches_unless_it_is_asked_for(cloud: str) -> None:
    assert (settings(cloud).monitoring, settings(cloud).monitoring_packages) == ("off", ())
    assert settings(cloud, MONITORING="local").monitoring == "local"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_packages_without_monitoring_are_refused(cloud: str) -> None:
    (text,) = problems(cloud, MONITORING_PACKAGES=GRAFANA)
    assert text == "MONITORING_PACKAGES needs MONITORING=local or managed, and MONITORING is off"


def test_the_exporter_comes_after_what_it_needs_however_they_are_written() -> None:
    found = MonitoringPackages().read(f"{EXPORTER},{GRAFANA},{CORE}")
    assert [each.file_name.partition("_")[0] for each in gpu_packages(found)] == [
        "datacenter-gpu-manager-4-core",
        "datacenter-gpu-manager-exporter",
    ]
    grafana = grafana_package(found)
    assert grafana is not None and grafana.file_name == "grafana_13.0.2_amd64.deb"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"https://packages.example.org/loki_3_amd64.deb#sha256={HASH}", "names loki_3_amd64.deb, which is neither"),
        (f"{GRAFANA},{GRAFANA.replace('grafana_', 'grafana-enterprise_')}", "names Grafana more than once"),
        (CORE, "names no datacenter-gpu-manager-exporter"),
    ],
    ids=["another", "Grafana twice", "no exporter"],
)
def test_packages_that_make_no_monitoring_are_refused(text: str, words: str) -> None:
    with pytest.raises(BadValue) as refused:
        MonitoringPackages().read(text)
    assert words in refused.value.reasons[0]
