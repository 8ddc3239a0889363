"""What a state and the mark beside it tell of a cluster."""

from __future__ import annotations

import json

import pytest

from cluster_provision.node import NodeHealth
from cluster_provision.state.base import Lock
from cluster_provision.state.contents import facts_of, lock_of, summary_of

GROUP = {"mode": "managed", "type": "google_compute_network", "name": "this", "instances": [{}]}


@pytest.mark.parametrize(
    ("zone", "settled", "stays"), [("z-a", True, True), ("z-a", False, False), ("z-b", False, True)]
)
def test_a_move_that_never_began_gives_up_no_cluster(zone: str, settled: bool, stays: bool) -> None:
    state = {"resources": [GROUP], "outputs": {"zone": {"value": "z-a"}}}
    facts = facts_of(json.dumps(state), {"zone": zone, "settled": settled}, "gs://b", "")
    assert (facts.zone, facts.settled) == ("z-a", stays)


def test_a_state_without_resources_is_settled_in_no_zone() -> None:
    state = {"resources": [], "outputs": {"zone": {"value": "z-a"}}}
    assert not facts_of(json.dumps(state), {"zone": "z-b", "settled": False}, "gs://b", "").settled


def test_the_node_pools_of_a_cluster_are_told_by_name() -> None:
    instances = [{"attributes": {"name": name}} for name in ("demo-nodepool-0", "mine")]
    pool = {"mode": "managed", "type": "google_container_node_pool", "name": "this", "instances": instances}
    facts = facts_of(json.dumps({"resources": [GROUP, pool]}), {}, "gs://b", "")
    held = facts.of_kind("google_container_node_pool")
    assert [each.attributes["name"] for each in held] == ["demo-nodepool-0", "mine"]


def test_a_lock_is_told_in_terraforms_own_words() -> None:
    told = {"Who": "me@here", "Created": "2026-11-25T12:00:00Z", "Operation": "OperationTypeApply"}
    assert lock_of(json.dumps(told), "clear it", "7") == Lock(
        "me@here", "2026-11-25T12:00:00Z", "Apply", "clear it", told.get("ID", ""), "7"
    )


@pytest.mark.parametrize("text", ["", "no JSON", '"a text"', "[1]", "null"])
def test_a_lock_that_says_nothing_holds_all_the_same(text: str) -> None:
    assert lock_of(text, "clear it", "7") == Lock("unknown", "", "", "clear it", "", "7")


@pytest.mark.parametrize(("word", "verdict"), [("healthy", "healthy"), ("", ""), ("splendid", "unknown")])
def test_a_verdict_that_nobody_knows_is_no_pass(word: str, verdict: str) -> None:
    assert summary_of("vm-0.json", {"status": "ready", "health": word}).health == verdict
    assert NodeHealth.from_json({"verdict": word}).verdict == verdict
