"""Google's ops agent sends what the machine's own exporters count, and no other machine's."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.slurm.cluster import Monitoring
from cluster_provision.slurm.plan import Command
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles.monitoring.ops_agent import JOBS, KEPT
from tests.unit.slurm.monitoring_metrics import NODE_EXPORTER, of_slurm
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import each, plan

ON = Monitoring(ops_agent=True)


def jobs(machine: str, monitoring: Monitoring = ON, **changes: Any) -> dict[str, dict[str, Any]]:
    """The jobs of the machine's agent by name."""
    found = json.loads(files(plan(machine, monitoring=monitoring, **changes))[JOBS].content)
    return {each["job_name"]: each for each in found}


def test_each_machines_agent_asks_that_machine_alone() -> None:
    for machine, address, part in (("lyra-hd", "10.30.0.1", "controller"), ("lyra01", "10.30.0.11", "node")):
        (asked,) = jobs(machine)["node"]["static_configs"]
        assert asked["targets"] == [f"{address}:9100"]
        assert asked["labels"] | {"slurm_cluster": ""} == {"instance": machine, "part": part, "slurm_cluster": ""}


def test_what_the_receiver_does_not_take_is_not_asked_of_it() -> None:
    for found in (jobs("lyra-hd", release=Release(25, 11)), jobs("lyra01")):
        for job in found.values():
            assert {*job} <= {"job_name", "scrape_interval", "static_configs", "metrics_path", "metric_relabel_configs"}
            assert not {"cluster", "location", "namespace"} & {*job["static_configs"][0]["labels"]}
            assert job["scrape_interval"] == "60s"


def test_slurms_own_metrics_are_the_controllers_to_send() -> None:
    assert [*jobs("lyra01", release=Release(25, 11))] == ["node"]
    found = jobs("lyra-hd", release=Release(25, 11))
    assert {"slurm-jobs", "slurm-nodes", "slurm-partitions", "slurm-scheduler"} < {*found}
    assert found["slurm-jobs"]["metrics_path"] == "/metrics/jobs"
    assert [*jobs("lyra-hd", release=Release(25, 5))] == ["node"]


def test_gpus_are_sent_where_an_exporter_counts_them() -> None:
    gpus = (PackageUrl("https://packages.example.org/datacenter-gpu-manager-exporter_4_amd64.deb", "0" * 64),)
    found = jobs("lyra01", replace(ON, gpu_packages=gpus))
    assert found["gpu"]["static_configs"][0]["targets"] == ["10.30.0.11:9400"]
    assert "gpu" not in jobs("lyra-hd", replace(ON, gpu_packages=gpus))


@pytest.mark.parametrize("metric", sorted(NODE_EXPORTER | of_slurm()))
def test_what_dashboards_show_is_sent(metric: str) -> None:
    assert re.fullmatch(KEPT, metric)


def test_what_nobody_looks_at_is_not_sent() -> None:
    assert not any(re.fullmatch(KEPT, metric) for metric in ("node_netstat_Tcp_InSegs", "go_threads", "node_load15"))


def test_the_agent_of_a_package_is_installed_on_every_machine() -> None:
    named = PackageUrl("https://packages.example.org/google-cloud-ops-agent_2.60.0_amd64.deb", "0" * 64)
    for machine in ("lyra-hd", "lyra01"):
        assert "package google-cloud-ops-agent" in {
            one.name for one in each(plan(machine, monitoring=replace(ON, agent=named)), Command)
        }


def test_without_the_service_nothing_is_sent() -> None:
    assert JOBS not in files(plan("lyra01", monitoring=Monitoring()))
