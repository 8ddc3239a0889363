"""Monitoring on machines that exist: Prometheus sees each of them and Slurm's jobs, and goes with the cluster.

The tests are one story, in this order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from cluster_provision.slurm.node_scripts import node_scripts
from tests.e2e.existing.monitoring_packages import make_packages

if TYPE_CHECKING:
    from tests.e2e.existing.machine import Machine
    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

API = "http://127.0.0.1:9090/api/v1"
FETCH = "python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=9).read().decode())'"

ANSWERS = "python3 -c 'import socket, sys; print(socket.socket().connect_ex((sys.argv[1], int(sys.argv[2]))) == 0)'"
LEFT = "ls -d /etc/{prometheus,grafana} /var/lib/{prometheus,grafana,cluster-monitoring} 2>/dev/null || true"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    return {
        "CLOUD": "existing",
        "ORCHESTRATOR_TYPE": "slurm",
        "NAME_PREFIX": "vega",
        "CONTROLLER": "head=10.20.0.10",
        "NODES": "node[1-2]",
        "SSH_USER": "ops",
        "SSH_HOST_KEYS": "accept-new",
        "ACCOUNTING": "off",
        "USERS_FILE": "/config/users",
        "VALIDATE": "job",
        "MONITORING": "local",
    }


@pytest.fixture(scope="module")
def created(slurm: Tool, settings: dict[str, str], untouched: dict[str, frozenset[str]]) -> Finished:
    assert untouched
    settings["MONITORING_PACKAGES"] = make_packages(Path(settings["REHEARSE_DIR"]) / "packages" / "monitoring")
    return slurm.run("Create", settings)


def values(head: Machine, expression: str) -> dict[str, float]:
    """What Prometheus says now: a series' label `instance`, `state` or `partition` → its value."""
    told = json.loads(head.says(f"{FETCH} '{API}/query?query={quote(expression, safe='')}'"))
    labels = ("state", "partition", "instance")
    return {
        next((each["metric"][name] for name in labels if name in each["metric"]), ""): float(each["value"][1])
        for each in told["data"]["result"]
    }


def until(head: Machine, expression: str, wanted: dict[str, float]) -> None:
    command = f"{FETCH} '{API}/query?query={quote(expression, safe='')}'"
    head.until(command, lambda _: values(head, expression) == wanted)


def test_create_says_how_to_look(created: Finished) -> None:
    assert created.code == 0, created.told
    assert created.result["connection"]["monitoring"] == {
        "tunnel": "Tunnel head 9090",
        "prometheus": "http://localhost:9090",
        "grafana_tunnel": "Tunnel head 3000",
        "grafana": "http://localhost:3000",
        "grafana_user": "admin",
        "grafana_login": "sudo cat /etc/cluster-provision/grafana-login",
    }


def test_prometheus_hears_from_every_machine(head: Machine, created: Finished) -> None:
    assert created.code == 0, created.told
    until(head, 'up{job="node"}', {"head": 1, "node1": 1, "node2": 1})


def test_it_counts_slurms_nodes_gpus_and_jobs(head: Machine, created: Finished) -> None:
    assert created.code == 0, created.told
    for nodes, command in ((1, "sleep 300"), (2, "true")):
        head.says(f"sbatch --nodes={nodes} --exclusive --chdir=/tmp --output=/dev/null --wrap '{command}'", "alice")
        head.until("squeue --noheader --states=running --format %T", lambda text: text == "RUNNING")
    head.says("systemctl start cluster-slurm-metrics")
    until(head, "cluster_slurm_gpus", {"allocated": 2, "free": 2})
    until(head, "sum by (state) (cluster_slurm_jobs)", {"running": 1, "pending": 1})
    assert sum(values(head, "cluster_slurm_nodes").values()) == 2
    job = head.says("squeue --noheader --states=running --format %i")
    until(head, f'count by (instance) (DCGM_FI_DEV_GPU_UTIL{{hpc_job="{job}"}})', {"node1": 2})
    until(head, 'count by (instance) (DCGM_FI_DEV_GPU_UTIL{hpc_job=""})', {"node2": 2})
    head.says("scancel --user alice", "alice")


def test_exporters_answer_the_clusters_network_and_prometheus_nobody(
    machines: dict[str, Machine], created: Finished
) -> None:
    assert created.code == 0, created.told
    assert machines["node1"].says(f"{ANSWERS} 127.0.0.1 9100") == "False"
    assert machines["node1"].says(f"{ANSWERS} 10.20.0.10 9090") == "False"
    assert machines["node1"].says(f"{ANSWERS} 10.20.0.10 3000") == "False"
    assert machines["node1"].says(f"{ANSWERS} 127.0.0.1 9400") == "False"
    assert machines["head"].says(f"{ANSWERS} node1 9100") == "True"


def test_grafana_has_a_password_that_root_alone_reads_and_finds_what_it_is_given(
    head: Machine, created: Finished
) -> None:
    assert created.code == 0, created.told
    told = head.says(f"{FETCH} http://127.0.0.1:3000/").splitlines()
    assert told[0] == "password of 24 characters"
    files = {f"/etc/grafana/provisioning/{name}/cluster-provision.yaml" for name in ("dashboards", "datasources")}
    assert files <= {*told}
    assert head.says("stat -c '%U %a' /etc/cluster-provision/grafana-login") == "root 600"


def test_promtool_accepts_configuration_and_rules(head: Machine, created: Finished) -> None:
    assert created.code == 0, created.told
    told = head.says("promtool check config /etc/prometheus/prometheus.yml 2>&1")
    assert "SUCCESS" in told and "FAILED" not in told


def test_promtool_understands_every_expression_of_the_dashboards(head: Machine, created: Finished) -> None:
    assert created.code == 0, created.told
    boards = [json.loads(text) for text in node_scripts("monitoring/dashboards").values()]
    asked = [target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": each} for number, each in enumerate(asked)]
    head.write("/tmp/panels.yml", json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    told = head.says("promtool check rules /tmp/panels.yml 2>&1; rm /tmp/panels.yml")
    assert f"SUCCESS: {len(asked)} rules found" in told


def test_a_node_whose_exporter_is_silent_is_said_by_status(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], created: Finished
) -> None:
    assert created.code == 0, created.told
    machines["node2"].says("systemctl stop prometheus-node-exporter")
    until(machines["head"], 'up{job="node"}', {"head": 1, "node1": 1, "node2": 0})
    looked = slurm.run("Status", settings)
    assert looked.code == 21, looked.told
    assert "node of node2 doesn't answer" in looked.told


def test_the_next_create_puts_it_back_and_changes_nothing_else(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], created: Finished
) -> None:
    assert created.code == 0, created.told
    again = slurm.run("Create", settings)
    assert again.code == 0, again.told
    assert again.result["changes"] == {"add": 0, "change": 1, "destroy": 0}
    assert machines["node2"].says("systemctl is-active prometheus-node-exporter") == "active"


def test_monitoring_that_is_turned_off_goes(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], created: Finished
) -> None:
    assert created.code == 0, created.told
    changed = slurm.run("Create", {**settings, "MONITORING": "off", "MONITORING_PACKAGES": ""})
    assert changed.code == 0, changed.told
    assert [machine.says(LEFT) for machine in machines.values()] == [""] * len(machines)


def test_destroy_gives_back_everything(
    slurm: Tool,
    settings: dict[str, str],
    created: Finished,
    machines: dict[str, Machine],
    untouched: dict[str, frozenset[str]],
) -> None:
    assert created.code == 0, created.told
    assert slurm.run("Create", settings).code == 0
    destroyed = slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"})
    assert destroyed.code == 0, destroyed.told
    assert {name: sorted(machine.state() ^ untouched[name]) for name, machine in machines.items()} == {
        name: [] for name in machines
    }
