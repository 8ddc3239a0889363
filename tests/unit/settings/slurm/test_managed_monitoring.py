"""MONITORING=managed is Azure's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.targets.azure.slurm.monitor import grafana_name
from tests.unit.settings.slurm.clouds import problems, settings

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings


def azure(**given: str) -> AzureSettings:
    return cast("AzureSettings", settings("azure", MONITORING="managed", **given))


def test_another_clouds_is_refused_with_what_to_set() -> None:
    assert azure().monitoring == "managed"
    (problem,) = problems("gcp", MONITORING="managed")
    assert problem.startswith("MONITORING=managed is Azure Monitor's")
    assert "set local" in problem


@pytest.mark.parametrize("prefix", ["v", "vega", "v" * 14 + "-x", "v" * 40])
def test_grafanas_name_is_this_clusters_alone_and_one_that_azure_takes(prefix: str) -> None:
    name = grafana_name(azure(NAME_PREFIX=prefix))
    assert 2 <= len(name) <= 23 and "--" not in name
    assert name != grafana_name(azure(NAME_PREFIX=prefix, RESOURCE_GROUP="other"))
