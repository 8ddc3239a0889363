"""MONITORING=managed is a cloud's own: Azure Monitor, or Google's Managed Service for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.targets.azure.slurm.monitor import grafana_name
from tests.unit.settings.slurm.clouds import CLOUDS, problems, settings

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings

AGENT = f"https://packages.example.org/google-cloud-ops-agent_2.60.0_amd64.deb#sha256={'0' * 64}"


def azure(**given: str) -> AzureSettings:
    return cast("AzureSettings", settings("azure", MONITORING="managed", **given))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cloud_has_a_service_of_its_own(cloud: str) -> None:
    assert settings(cloud, MONITORING="managed").monitoring == "managed"


def test_machines_that_exist_have_none() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"CLOUD": "existing", "NAME_PREFIX": "v", "NODES": "a=10.0.0.1", "MONITORING": "managed"}, "Create")
    told = [each for each in refused.value.problems if each.startswith("MONITORING=managed")]
    assert len(told) == 1 and "set local" in told[0]


def test_google_clouds_service_needs_the_agent_that_sends() -> None:
    (problem,) = problems("gcp", MONITORING="managed", DISABLE_OPS_AGENT="true")
    assert "sends by Google Cloud's ops agent, which DISABLE_OPS_AGENT=true leaves out" in problem
    assert problems("gcp", MONITORING="local", DISABLE_OPS_AGENT="true") == ()


def test_the_agents_package_is_for_google_clouds_service_alone() -> None:
    assert problems("gcp", MONITORING="managed", MONITORING_PACKAGES=AGENT) == ()
    for cloud, monitoring in (("gcp", "local"), ("azure", "managed")):
        (problem,) = problems(cloud, MONITORING=monitoring, MONITORING_PACKAGES=AGENT)
        assert "names google-cloud-ops-agent_2.60.0_amd64.deb, for which only MONITORING=managed" in problem
    (problem,) = problems("gcp", MONITORING="managed", MONITORING_PACKAGES=f"{AGENT},{AGENT.replace('2.60', '2.61')}")
    assert "names the ops agent more than once" in problem


@pytest.mark.parametrize("prefix", ["v", "vega", "v" * 14 + "-x", "v" * 40])
def test_grafanas_name_is_this_clusters_alone_and_one_that_azure_takes(prefix: str) -> None:
    name = grafana_name(azure(NAME_PREFIX=prefix))
    assert 2 <= len(name) <= 23 and "--" not in name
    assert name != grafana_name(azure(NAME_PREFIX=prefix, RESOURCE_GROUP="other"))
