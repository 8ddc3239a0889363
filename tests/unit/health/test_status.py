"""What Status tells of the machines' health."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.connection.text import status_text
from cluster_provision.errors import Unhealthy
from cluster_provision.health.gate import Gate
from cluster_provision.health.status import look_at_health
from cluster_provision.result import Cluster
from tests.unit.health.kit import NODES, Records, Told, mending, sick, site_of

WARN, OFF = Gate("warn", 45, mending(lambda name: f"delete {name}")), Gate("off", 45, mending(lambda name: ""))


def site_with(first: str, second: str):  # type: ignore[no-untyped-def]
    """The nodes with these verdicts, as the look at the nodes fills them in."""
    site = site_of(Records([{}], {"vm-1": sick()}), Told())
    site.result.nodes = [replace(NODES[0], health=first), replace(NODES[1], health=second)]
    site.result.cluster = Cluster("demo", "1a2b3c", "azure", "none")
    return site


def test_a_sick_node_is_an_error_and_has_its_word_in_the_table() -> None:
    site = site_with("healthy", "unhealthy")

    failure = look_at_health(WARN, site)

    assert isinstance(failure, Unhealthy)
    assert "NHC2009" in failure.message
    assert "delete vm-1" in failure.advice
    text = status_text(site.result, "eastus")
    assert text.splitlines()[2].split()[-1] == "HEALTH"
    assert [line.split()[-1] for line in text.splitlines()[3:5]] == ["healthy", "unhealthy"]
    assert "health: failed, 1 healthy, 1 unhealthy" in text


def test_checks_that_still_run_are_told_and_no_error() -> None:
    site = site_with("healthy", "running")

    assert look_at_health(WARN, site) is None
    assert [(c.name, c.status) for c in site.result.checks] == [("health", "unknown")]


def test_with_the_gate_off_nothing_is_missing() -> None:
    site = site_with("", "")

    assert look_at_health(OFF, site) is None
    assert [(c.status, c.detail) for c in site.result.checks] == [("skipped", "HEALTH_GATE=off")]


def test_what_was_found_by_hand_is_told_with_the_gate_off_too() -> None:
    assert isinstance(look_at_health(OFF, site_with("", "unhealthy")), Unhealthy)
