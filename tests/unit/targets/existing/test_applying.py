"""The lines of node/apply.py as one outcome of a machine."""

from __future__ import annotations

from typing import Any

from cluster_provision.errors import Unreachable
from cluster_provision.targets.existing.applying import applied_of
from cluster_provision.targets.existing.reach import Asked

ENDED = {"ended": {"changed": 1, "left": [], "kept": []}}


def line(resource: str, state: str, **more: Any) -> dict[str, Any]:
    return {"resource": resource, "state": state, **more}


def test_changes_are_counted_and_shown_with_their_diffs() -> None:
    changed = line("file /etc/hosts", "changed", detail="data changed", diff="-a\n+b")
    applied = applied_of(Asked("node1", (changed, line("service slurmd", "unchanged"), ENDED)))
    assert (applied.changed, applied.unchanged, applied.failed, applied.error) == (1, 1, (), None)
    assert applied.diff == ("file /etc/hosts: data changed", "  -a", "  +b")


def test_what_would_change_counts_as_changed() -> None:
    assert applied_of(Asked("node1", (line("user alice", "would change"), ENDED))).changed == 1


def test_a_failed_resource_is_told_with_its_reason() -> None:
    applied = applied_of(Asked("node1", (line("packages slurmd", "failed", detail="no space"), ENDED)))
    assert applied.failed == ("packages slurmd: no space",)


def test_a_state_that_is_not_known_is_a_failure() -> None:
    assert applied_of(Asked("node1", (line("x", "perhaps"), ENDED))).failed == ("x: failed",)


def test_what_is_left_and_what_is_kept_are_told_apart() -> None:
    lines = (line("file /a", "left", detail="edited"), line("folder /data", "left", detail="it holds data"))
    applied = applied_of(Asked("node1", (*lines, {"ended": {"left": ["file /a"], "kept": ["folder /data"]}})))
    assert (applied.left, applied.kept) == (("file /a: edited",), ("folder /data: it holds data",))


def test_a_missing_last_line_means_that_the_work_broke_off() -> None:
    applied = applied_of(Asked("node1", (line("file /a", "changed"),)))
    assert applied.error is not None and "node1: the work broke off" in applied.error.message


def test_a_failure_to_reach_the_machine_stays_its_error() -> None:
    failure = Unreachable("node1 does not answer")
    assert applied_of(Asked("node1", (), failure)).error is failure
