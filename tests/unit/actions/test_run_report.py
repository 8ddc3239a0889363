"""Where the report of a run goes, what it never has, and what the result has of a cluster whatever the action."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions.run_report.facts import MOST_NODES, note_set_up
from cluster_provision.actions.run_report.write import NAME, reported
from cluster_provision.actions.steps import LOCK
from cluster_provision.errors import Interrupted, NotReady, PermissionDenied, StateStoreError, Unreachable
from cluster_provision.node import Node, NodeRecord, NodeSummary, StepRecord
from cluster_provision.result import Cluster, Connection, Result
from cluster_provision.run import Everything

if TYPE_CHECKING:
    from pathlib import Path

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"
SECRET = "s3cret~value"


class Kept:
    """A store with records of nodes; `fails` is raised by whatever is asked."""

    def __init__(self, ready: int = 0, starting: int = 0) -> None:
        self.written: dict[str, str] = {}
        self.fails: Exception | None = None
        self.claimed: datetime | None = datetime(2026, 12, 1, tzinfo=UTC)
        self.asked: list[str] = []
        self.names = [f"node-{number:04}" for number in range(ready + starting)]
        self.status = ["ready"] * ready + ["starting"] * starting

    def write(self, name: str, text: str) -> None:
        if self.fails:
            raise self.fails
        self.written[name] = text

    def claimed_at(self) -> datetime | None:
        return self.claimed

    def node_summaries(self) -> list[NodeSummary]:
        if self.fails:
            raise self.fails
        both: Any = zip(self.names, self.status, strict=True)
        return [NodeSummary(name, status, "docker", f"id-{name}") for name, status in both]

    def node_record(self, name: str) -> NodeRecord | None:
        self.asked.append(name)
        return NodeRecord(name, f"id-{name}", "ready", "done", (StepRecord("docker", "ok", seconds=3.0),))


def run_of(action: str, store: Kept, file: Path | None = None) -> Any:
    said: list[str] = []
    result = Result(action, Cluster("demo", "d4a427", "azure", "vmss"))
    result.nodes = [Node(name, instance_id=f"id-{name}") for name in store.names]
    return SimpleNamespace(
        settings=SimpleNamespace(report_file=file),
        result=result,
        store=store,
        target=None,
        done={LOCK},
        environ={"ARM_CLIENT_SECRET": SECRET},
        provisioner=SimpleNamespace(has_place=lambda _: True),
        reach=Everything(),
        console=SimpleNamespace(say=said.append, said=said),
    )


def test_neither_a_private_key_nor_a_confidential_value_is_in_it(tmp_path: Path) -> None:
    run = run_of("create", Kept(), tmp_path / "report.html")
    run.result.connection = Connection(command="ssh node", private_key=KEY)
    with pytest.raises(NotReady), reported(run):
        raise NotReady(f"refused with {SECRET}", "again")
    written = (tmp_path / "report.html").read_text()
    assert "refused with (not shown)" in written
    assert "ssh node" in written
    assert "PRIVATE KEY" not in written
    assert run.store.written == {NAME: written}
    assert run.result.to_json()["connection"]["private_key"] == KEY


def test_actions_that_change_nothing_write_nothing_beside_the_state(tmp_path: Path) -> None:
    run = run_of("status", Kept(), tmp_path / "report.html")
    with reported(run):
        pass
    assert "Status of demo" in (tmp_path / "report.html").read_text()
    assert run.store.written == {}


@pytest.mark.parametrize("why", ["the place is gone", "another run has the lock"])
def test_what_is_not_this_runs_to_write_to_stays_as_it_is(why: str) -> None:
    run = run_of("destroy", Kept())
    if why == "the place is gone":
        run.store.claimed = None
    else:
        run.done = set()
    with reported(run):
        pass
    assert run.store.written == {}


@pytest.mark.parametrize("failure", [StateStoreError("gone"), Unreachable("no answer"), RuntimeError("a defect")])
def test_a_copy_that_cannot_be_kept_is_told_and_fails_no_run(failure: Exception) -> None:
    run = run_of("create", Kept())
    run.store.fails = failure
    with reported(run):
        pass
    assert run.console.said == [f"Warning: the report could not be uploaded: {failure}"]
    assert run.result.error is None


def test_a_signal_during_the_upload_ends_the_run() -> None:
    run = run_of("create", Kept())
    run.store.fails = Interrupted("stopped", signal.SIGTERM)
    with pytest.raises(Interrupted), reported(run):
        pass


def test_a_failed_create_has_its_nodes_steps_but_a_stopped_one_asks_for_nothing_more() -> None:
    failed, stopped = run_of("create", Kept(starting=2)), run_of("create", Kept(starting=2))
    with pytest.raises(NotReady), reported(failed):
        raise NotReady("late", "wait")
    with pytest.raises(Interrupted), reported(stopped):
        raise Interrupted("stopped", signal.SIGINT)
    assert [each.node for each in failed.result.set_up] == ["node-0000", "node-0001"]
    assert (stopped.result.set_up, stopped.store.asked) == ((), [])


def test_the_steps_of_so_many_nodes_are_read_first_of_those_that_are_not_ready() -> None:
    run = run_of("status", Kept(ready=100, starting=3))
    note_set_up(run)
    noted = [each.node for each in run.result.set_up]
    assert len(noted) == len(run.store.asked) == MOST_NODES
    assert {"node-0100", "node-0101", "node-0102"} < set(noted)
    assert noted == sorted(noted)


def test_the_record_of_another_machine_with_a_nodes_name_is_left_out() -> None:
    run = run_of("status", Kept(ready=2))
    run.result.nodes = [Node("node-0000", instance_id="another"), run.result.nodes[1]]
    note_set_up(run)
    assert [each.node for each in run.result.set_up] == ["node-0001"]


@pytest.mark.parametrize("failure", [PermissionDenied("no"), StateStoreError("no"), Unreachable("no")])
def test_records_that_cannot_be_read_keep_no_run_from_its_end(failure: Exception) -> None:
    run = run_of("status", Kept(ready=2))
    run.store.fails = failure
    note_set_up(run)
    assert run.result.set_up == ()
