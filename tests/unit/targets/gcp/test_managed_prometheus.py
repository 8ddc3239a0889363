"""Status tells from which machines the ops agents send, by the machines' records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.node import Node, NodeSummary
from cluster_provision.targets.gcp.slurm.managed_prometheus import look_at_agents
from tests.unit.orchestrators.slurm.sites import site


def looked(*agents: str) -> tuple[str, str]:
    """The check's status and words where the records of the machines vega-1 and so on say this of their agents."""
    said = {f"vega-{number}": agent for number, agent in enumerate(agents, 1)}
    summaries = [NodeSummary(name, "ready", "", f"id-{name}", agent=agent) for name, agent in said.items()]
    store: Any = SimpleNamespace(node_summaries=lambda: summaries)
    at = site(store)
    at.result.nodes = [Node(name, instance_id=f"id-{name}", status="ready") for name in said]
    look_at_agents(at)
    (check,) = at.result.checks
    return check.status, check.detail


def test_all_that_send_are_counted() -> None:
    assert looked("ok", "ok") == ("ok", "sends from 2 of 2")


@pytest.mark.parametrize("agent", ["", "running"])
def test_an_agent_that_is_still_being_set_up_is_unknown(agent: str) -> None:
    assert looked("ok", agent) == ("unknown", "sends from 1 of 2")


def test_machines_that_send_nothing_are_named_with_why() -> None:
    status, told = looked("failed", "ok", "skipped", "failed")
    assert status == "failed"
    assert "vega-1, vega-4: could not be set up; vega-3: has the image's own settings" in told
    assert told.endswith("sends from 1 of 4")


def test_without_machines_nothing_is_said_to_be_sent() -> None:
    assert looked() == ("unknown", "sends from 0 of 0")
