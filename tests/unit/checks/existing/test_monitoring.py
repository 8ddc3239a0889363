"""A machine that is watched already, or that something else listens on, is named before anything changes."""

from __future__ import annotations

import pytest

from cluster_provision.checks.existing.monitoring import monitoring
from cluster_provision.slurm.facts import Listener, Package
from tests.unit.checks.existing.seen import machine, subject, told

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
