"""STARTUP_COMMAND of a cloud's Slurm cluster: ordered once, and over when its outcome says so."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.startup_command import command_stages
from cluster_provision.slurm.cloud import CloudCluster
from cluster_provision.slurm.startup_command import ORDER_FILE, Outcome, outcome_file
from tests.unit.orchestrators.slurm.sites import site

pytestmark = pytest.mark.usefixtures("no_pause")

COMMAND = "sbatch --wrap 'echo result=42'"


@dataclass
class Store:
    """A store in which a machine answers an order as `outcome` has it, None for one that doesn't take it."""

    outcome: dict[str, Any] | None
    texts: dict[str, str] = field(default_factory=dict)
    orders: list[str] = field(default_factory=list)

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> None:
        self.texts[name] = text
        order = json.loads(text)["name"]
        self.orders.append(order)
        if self.outcome is not None:
            self.texts[outcome_file(order)] = Outcome(order, "demo-login-1", **self.outcome).text()


class Target:
    def __init__(self, command: str = COMMAND, *, wait: bool = True) -> None:
        self.settings: Any = SimpleNamespace(
            startup_command=command, wait_for_startup_command=wait, ready_timeout=0.001
        )

    def describe(self) -> CloudCluster:
        return CloudCluster("gcp", "demo", {}, "files/slurm/p.tar.gz", "demo-controller", ("demo-login-1",))


def create(store: Store, target: Target) -> str:
    at = site(store)
    for stage in command_stages(target):
        assert stage.wait is not None
        stage.wait(at)
    return at.progress.detail  # type: ignore[attr-defined,no-any-return]


ENDED = {"status": "ok", "exit": 0, "detail": "1 job"}
RUNS: dict[str, Any] = {"status": "running"}
FAILED = {"status": "failed", "exit": 0, "detail": "job 7 ended as TIMEOUT", "tail": "Submitted batch job 7"}


def test_without_a_command_there_is_no_stage() -> None:
    assert command_stages(Target("")) == ()


def test_create_that_waits_is_over_when_the_command_and_its_jobs_are() -> None:
    assert create(Store(ENDED), Target()) == "ended well on demo-login-1: 1 job"


def test_create_that_does_not_wait_is_over_when_the_command_has_begun() -> None:
    assert "runs on demo-login-1" in create(Store(RUNS), Target(wait=False))


def test_a_command_that_nobody_takes_is_not_ready() -> None:
    with pytest.raises(NotReady, match="demo-login-1 has not begun it yet"):
        create(Store(None), Target(wait=False))


def test_a_job_that_failed_fails_create_with_its_state_and_the_last_lines() -> None:
    with pytest.raises(NodeSetupError, match=r"job 7 ended as TIMEOUT\n    Submitted batch job 7"):
        create(Store(FAILED), Target())


def test_an_unchanged_command_that_went_well_is_not_ordered_again() -> None:
    store = Store(ENDED)
    create(store, Target())
    create(store, Target())
    assert len(store.orders) == 1


def test_an_order_that_nobody_has_taken_yet_is_not_replaced() -> None:
    store = Store(None)
    for _ in range(2):
        with pytest.raises(NotReady):
            create(store, Target())
    assert len(store.orders) == 1


def test_a_changed_command_is_ordered() -> None:
    store = Store(ENDED)
    create(store, Target())
    create(store, Target("true"))
    assert len(set(store.orders)) == 2


def test_a_command_that_failed_is_ordered_again() -> None:
    store = Store(FAILED)
    with pytest.raises(NodeSetupError):
        create(store, Target())
    store.outcome = ENDED
    create(store, Target())
    assert len(set(store.orders)) == 2


@pytest.mark.parametrize(("outcome", "status"), [(ENDED, "ok"), (RUNS, "ok"), (FAILED, "failed"), (None, "unknown")])
def test_status_says_how_the_command_is(outcome: dict[str, Any] | None, status: str) -> None:
    store = Store(outcome)
    store.write(ORDER_FILE, json.dumps({"schema": 1, "name": "n", "command": COMMAND}))
    at = site(store)
    (stage,) = command_stages(Target())
    assert stage.look is not None
    found = stage.look(at)
    assert [check.status for check in at.result.checks] == [status]
    assert isinstance(found, NodeSetupError) == (status == "failed")


def test_no_text_of_a_command_is_in_a_repr() -> None:
    store = Store(ENDED)
    create(store, Target())
    from cluster_provision.slurm.startup_command import read_order

    assert "result=" not in repr(read_order(store.texts[ORDER_FILE]))
