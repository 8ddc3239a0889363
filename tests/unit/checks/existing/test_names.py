"""Machines that keep their own names."""

from __future__ import annotations

from cluster_provision.checks.existing.names import own_names
from tests.unit.checks.existing.seen import called, subject, told

KEPT = {"SET_HOSTNAME": "no"}


def test_names_that_differ_from_slurms_are_noted() -> None:
    found = own_names(called(subject(given=KEPT), head="mgr.example.org", node1="node1.example.org"))
    assert found.failures == () and found.checks[0].detail == "1 differ from Slurm's"
    assert "are by the first: head (mgr)" in found.notes[0]


def test_two_machines_of_one_name_can_not_be_told_apart() -> None:
    twins = called(subject(given=KEPT), node1="ubuntu", node2="Ubuntu.local")
    assert told(own_names(twins)) == ["node2 calls itself Ubuntu, as node1 does"]


def test_names_that_create_sets_may_be_anything() -> None:
    found = own_names(called(subject(), node1="ubuntu", node2="ubuntu"))
    assert (found.failures, found.notes) == ((), ())
