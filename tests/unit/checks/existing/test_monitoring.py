"""A machine that is watched already, or that something else listens on, is named before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.checks.existing.monitoring import monitoring, monitoring_packages
from cluster_provision.slurm.facts import Listener, Package
from tests.unit.checks.existing.package_server import digest, package, serving
from tests.unit.checks.existing.seen import machine, subject, told

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Seen

ON = {"MONITORING": "local"}
OURS = {"clusters": ("vega",)}
EXPORTER = "prometheus-node-exporter"


def test_machines_on_which_nothing_of_it_is_are_fine() -> None:
    assert told(monitoring(subject(given=ON))) == []


def test_nothing_is_looked_at_without_monitoring() -> None:
    taken = machine("node1", listeners=(Listener(9100, "::", "node_exporter"),))
    assert told(monitoring(subject(taken))) == []


@pytest.mark.parametrize(
    ("name", "port", "words"),
    [
        ("node1", 9100, "node1 has port 9100 taken, which prometheus-node-exporter needs (other)"),
        ("head", 9090, "head has port 9090 taken, which prometheus needs (other)"),
    ],
)
def test_a_port_that_another_program_has_is_said(name: str, port: int, words: str) -> None:
    assert told(monitoring(subject(machine(name, listeners=(Listener(port, "::", "other"),)), given=ON))) == [words]


def test_a_nodes_port_9090_is_its_own() -> None:
    assert told(monitoring(subject(machine("node1", listeners=(Listener(9090, "::", "cockpit"),)), given=ON))) == []


def test_an_exporter_of_somebody_elses_is_not_taken_over() -> None:
    there = machine("node1", packages={EXPORTER: Package("1.5.0-1", "1.5.0-1")})
    (text,) = told(monitoring(subject(there, given=ON)))
    assert text == "node1 has prometheus-node-exporter already, which the tool did not set up"


def test_what_runs_of_the_clusters_own_is_fine() -> None:
    package = {EXPORTER: Package("1.5.0-1", "1.5.0-1")}
    there = machine("node1", packages=package, listeners=(Listener(9100, "10.0.0.2", "prometheus-node"),), **OURS)
    assert told(monitoring(subject(there, given=ON))) == []


def test_a_package_that_is_not_offered_is_said_only_where_apts_lists_were_fetched() -> None:
    lists = {"packages": {EXPORTER: Package()}}
    (text,) = told(monitoring(subject(machine("node1", package_lists=1.0, **lists), given=ON)))
    assert text == "node1 is offered no prometheus-node-exporter by its distribution"
    assert told(monitoring(subject(machine("node1", package_lists=None, **lists), given=ON))) == []


# MONITORING_PACKAGES

GRAFANA, EXPORTERS = "grafana_13.0.2_amd64.deb", "datacenter-gpu-manager-exporter_4.8.2-1_amd64.deb"


def with_packages(*more: Seen, served: dict[str, bytes] | None = None) -> tuple[Finding, Finding]:
    """What both checks find where both packages are named; node1 has GPUs."""
    files = {
        GRAFANA: package("grafana", "13.0.2", {}),
        EXPORTERS: package("datacenter-gpu-manager-exporter", "4.8.2-1", {}),
    }
    answers: dict[str, bytes | int] = {f"/{name}": content for name, content in {**files, **(served or {})}.items()}
    usual = [machine(name, architecture="x86_64") for name in ("head", "node2")]
    with serving(answers) as address:
        given = ",".join(f"{address}/{name}#sha256={digest(content)}" for name, content in files.items())
        found = subject(*usual, with_gpus(), *more, given={**ON, "MONITORING_PACKAGES": given})
        return monitoring(found), monitoring_packages(found)


def with_gpus(**facts: Any) -> Seen:
    return machine("node1", architecture="x86_64", gpu_files=("/dev/nvidia0",), **facts)


def test_packages_are_fetched_and_looked_into() -> None:
    plain, packages = with_packages()
    assert told(plain) == told(packages) == []
    assert packages.checks[0].detail == "2 packages"


def test_another_file_than_the_one_that_is_named_is_refused() -> None:
    (text,) = told(with_packages(served={GRAFANA: package("grafana", "13.0.3", {})})[1])
    assert "MONITORING_PACKAGES: http://" in text and "is another file than you have looked at" in text


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (
            machine("head", listeners=(Listener(3000, "::", "node"),)),
            "head has port 3000 taken, which grafana needs (node)",
        ),
        (
            with_gpus(listeners=(Listener(9400, "::", "x"),)),
            "port 9400 taken, which datacenter-gpu-manager-exporter needs",
        ),
        (machine("head", packages={"grafana": Package("13.0.2")}), "head has grafana 13.0.2 already"),
    ],
    ids=["Grafana's port", "the exporter's port", "Grafana"],
)
def test_what_is_in_the_way_of_a_named_package_is_said(there: Seen, words: str) -> None:
    (text,) = told(with_packages(there)[0])
    assert words in text


def test_without_packages_their_ports_are_free_for_others() -> None:
    assert told(monitoring(subject(machine("head", listeners=(Listener(3000, "::", "node"),)), given=ON))) == []
    assert monitoring_packages(subject(given=ON)).checks[0].status == "ok"
