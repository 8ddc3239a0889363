"""Azure Monitor's Prometheus and Grafana for a Slurm cluster, by Terraform, on the embedded Azure.

With PROVIDER_MIRROR set, by the provider that is there, else by its stand-in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.azure.modules import GROUPS, Cluster, led
from tests.integration.azure.slurm_variables import slurm_variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHO = "99999999-2222-3333-4444-555555555555"
MANAGED = f"{GROUPS}/MA_demo-monitor_westeurope_managed"
RULE = f"{MANAGED}/providers/Microsoft.Insights/dataCollectionRules/demo-monitor"
RULES = [
    {
        "alert": "MachineDown",
        "expression": "up == 0",
        "lasting": "PT5M",
        "severity": 0,
        "annotations": {"action": "look"},
    },
    {"record": "cluster:gpu_temp:max", "expression": "max by (cluster) (DCGM_FI_DEV_GPU_TEMP)"},
]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    monitor: dict[str, Any] = {
        "tags": {"cost": "watching"},
        "grafana": {"name": "demo-abc123", "administrator": WHO},
        "rule_groups": {"machines": RULES},
    }
    with led(tmp_path, "slurm", slurm_variables() | {"monitor": monitor}) as one:
        yield one


def test_a_workspace_is_made_and_goes_with_the_group_that_azure_made_beside_it(cluster: Cluster) -> None:
    told = cluster.apply()["monitor"]
    cluster.is_settled()
    assert {"accounts", "grafana", "prometheusRuleGroups"} <= cluster.types()
    url, _, stream = told["remote_write_url"].partition("/dataCollectionRules/")
    assert url.endswith(".westeurope-1.metrics.ingest.monitor.azure.com")
    number, _, rest = stream.partition("/")
    assert number == cluster.azure("GET", RULE, "2023-03-11")["properties"]["immutableId"]
    assert rest == "streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24"
    assert (
        holders(cluster, RULE),
        holders(cluster, f"{GROUPS}/demo-rg/providers/Microsoft.Dashboard/grafana/demo-abc123"),
    ) == (
        {controller(cluster)},
        {WHO},
    )
    cluster.variables["monitor"]["rule_groups"]["machines"] = RULES[:1]
    cluster.apply()
    cluster.is_settled()
    cluster.variables["monitor"] = None
    assert "monitor" not in cluster.apply()
    assert not {"accounts", "grafana", "prometheusRuleGroups"} & cluster.types()
    cluster.destroy()
    assert cluster.left() == []


def controller(cluster: Cluster) -> str:
    identity = f"{GROUPS}/demo-rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-controller-id"
    return str(cluster.azure("GET", identity, "2024-11-30")["properties"]["principalId"])


def holders(cluster: Cluster, scope: str) -> set[str]:
    """Who has a role at exactly this scope."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    listed = cluster.azure("GET", path, "2022-04-01")["value"]
    return {
        each["properties"]["principalId"] for each in listed if each["properties"]["scope"].lower() == scope.lower()
    }
