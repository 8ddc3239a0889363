"""Exporters that the cluster's network alone reaches, and Prometheus that nobody reaches but by a tunnel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cluster_provision.slurm.cluster import Machine, Monitoring, Power
from cluster_provision.slurm.plan import Service
from cluster_provision.slurm.release import Release
from tests.unit.slurm.clusters import facts
from tests.unit.slurm.roles.outline import files, outline, packages
from tests.unit.slurm.roles.plans import each, plan

ON: dict[str, Any] = {"monitoring": Monitoring()}
DROP_IN = "/etc/systemd/system/prometheus-node-exporter.service.d/cluster-provision.conf"
DEFAULTS = "/etc/default/prometheus-node-exporter"


def scraped(**changes: Any) -> dict[str, Any]:
    """Prometheus' jobs by name."""
    text = files(plan("lyra-hd", **{**ON, **changes}))["/etc/prometheus/prometheus.yml"].content
    return {each["job_name"]: each for each in json.loads(text.partition("\n")[2])["scrape_configs"]}


def test_without_monitoring_no_machine_has_anything_of_it() -> None:
    for machine in ("lyra-hd", "lyra01"):
        assert not [line for line in outline(plan(machine)) if "prometheus" in line or "metrics" in line]


def test_every_machine_has_an_exporter_and_the_controller_alone_prometheus() -> None:
    assert {"prometheus", "prometheus-node-exporter"} <= packages(plan("lyra-hd", **ON))
    assert {"prometheus", "prometheus-node-exporter"} & packages(plan("lyra01", **ON)) == {"prometheus-node-exporter"}


def test_the_exporter_listens_at_the_machines_own_address_and_hears_the_controller_alone() -> None:
    found = files(plan("lyra01", **ON))
    assert "--web.listen-address=10.30.0.11:9100 " in found[DEFAULTS].content
    assert "IPAddressDeny=any\nIPAddressAllow=localhost 10.30.0.1\n" in found[DROP_IN].content


def test_the_controller_may_ask_from_any_of_its_addresses() -> None:
    head = Machine("lyra-hd", "10.30.0.1", addresses=("10.30.0.1", "192.168.7.1"))
    machines = (head, *(Machine(f"lyra0{n}", f"10.30.0.1{n}") for n in range(1, 5)))
    assert (
        "IPAddressAllow=localhost 10.30.0.1 192.168.7.1\n"
        in files(plan("lyra01", machines=machines, **ON))[DROP_IN].content
    )


def test_a_machine_that_is_known_by_its_name_listens_at_its_first_address() -> None:
    names = (Machine("lyra-hd", "lyra-hd"), *(Machine(f"lyra0{n}", f"lyra0{n}") for n in range(1, 5)))
    here = facts(addresses=("fd00::1", "10.8.0.3", "172.17.0.1"))
    found = files(plan("lyra01", here, machines=names, **ON))
    assert "--web.listen-address=10.8.0.3:9100 " in found[DEFAULTS].content
    assert "IPAddressDeny" not in found[DROP_IN].content


def test_of_several_addresses_its_own_name_tells_which_the_others_use() -> None:
    names = (Machine("lyra-hd", "lyra-hd"), *(Machine(f"lyra0{n}", f"lyra0{n}") for n in range(1, 5)))
    here = facts(addresses=("10.9.0.7", "10.8.0.3"), names={"lyra01": ("127.0.1.1", "10.8.0.3")})
    assert "=10.8.0.3:9100 " in files(plan("lyra01", here, machines=names, **ON))[DEFAULTS].content


def test_prometheus_listens_on_the_loopback_alone() -> None:
    assert (
        'ARGS="--web.listen-address=127.0.0.1:9090 ' in files(plan("lyra-hd", **ON))["/etc/default/prometheus"].content
    )


def test_prometheus_takes_a_new_configuration_without_a_restart() -> None:
    unit = next(one for one in each(plan("lyra-hd", **ON), Service) if one.name == "prometheus")
    assert "/etc/prometheus/prometheus.yml" in unit.reload_on and unit.restart_on == ("/etc/default/prometheus",)


def test_the_controllers_list_has_every_machine_and_which_come_and_go() -> None:
    text = files(plan("lyra-hd", **ON))["/usr/local/lib/cluster-provision/monitoring/machines.json"].content
    listed = {each["name"]: (each["address"], each["part"], each["comes_and_goes"]) for each in json.loads(text)}
    assert listed["lyra-hd"] == ("10.30.0.1", "controller", False)
    assert listed["lyra01"] == ("10.30.0.11", "node", False)


# Slurm's own metrics


def test_slurms_own_metrics_are_asked_once_a_minute_where_the_release_has_them() -> None:
    jobs = scraped(release=Release(25, 11))
    paths = {each["metrics_path"] for each in jobs.values() if "metrics_path" in each}
    assert paths == {"/metrics/jobs", "/metrics/nodes", "/metrics/partitions", "/metrics/scheduler"}
    assert {each["scrape_interval"] for name, each in jobs.items() if name.startswith("slurm-")} == {"60s"}
    assert jobs["slurm-jobs"]["static_configs"] == [{"targets": ["10.30.0.1:6817"]}]


def test_older_releases_are_not_asked() -> None:
    assert [*scraped(release=Release(25, 5))] == ["prometheus", "node"]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"monitoring": None}, False),
        ({"release": Release(25, 5)}, False),
        ({"extra": (("privatedata", "jobs"),)}, False),
        ({"power": Power("/resume", "/suspend")}, True),
    ],
    ids=["by default", "without monitoring", "older", "private", "on a cloud"],
)
def test_slurmctld_has_metrics_unless_the_user_keeps_its_data_private(changes: dict[str, Any], *, wanted: bool) -> None:
    conf = files(plan("lyra-hd", **{**ON, "release": Release(25, 11), **changes}))["/etc/slurm/slurm.conf"].content
    assert ("MetricsType=metrics/openmetrics" in conf) is wanted
    assert "PrivateData=" not in conf or not wanted
