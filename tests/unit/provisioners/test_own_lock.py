"""This run's own lock: released where Terraform could not, missed where it is taken away; another's isn't touched."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import (
    CapacityError,
    Interrupted,
    PermissionDenied,
    StateLocked,
    StateStoreError,
    TerraformError,
    Unreachable,
)
from cluster_provision.provisioners.terraform.own_lock import OwnLock
from cluster_provision.state.base import Lock
from tests.unit.state.kit import LOCK, Store

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError

REFUSED = StateLocked("Error acquiring the state lock")
UNRELEASED = Unreachable("terraform apply went through, but its lock of the state could not be released")


class Followed(OwnLock):
    """One whose Terraform takes locks of `store`; `said` are the lines that a user sees."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.said: list[str] = []
        self.stopped: list[str] = []
        run: Any = SimpleNamespace(
            store=store,
            environ={},
            result=SimpleNamespace(action="create"),
            target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
            console=SimpleNamespace(say=self.said.append),
            interruption=SimpleNamespace(stop=lambda: self.stopped.append("stopped")),
        )
        super().__init__(run, every=0.02, pause=0)

    def takes(self, *, works: bool = True) -> Lock:
        """Terraform begins, takes the lock, and comes to work."""
        self.begins()
        host = socket.gethostname()
        lock = Lock(f"root@{host}", datetime.now(UTC).isoformat(), "Apply", "clear it", "own-id", "21")
        self.store.held = lock
        if works:
            self.holds()
        return lock

    def ends_with(self, failure: ProvisionError, named: str = "", *, went_through: bool = False) -> Any:
        return self.failed(failure, named, went_through=went_through)


def test_one_that_terraform_could_not_release_is_and_the_work_counts_as_done() -> None:
    followed = Followed(Store())
    lock = followed.takes()
    assert followed.ends_with(UNRELEASED, went_through=True) is None
    assert followed.store.unlocked == [lock]


def test_one_that_is_free_by_now_was_released_after_all() -> None:
    followed = Followed(Store())
    followed.takes()
    followed.store.held = None
    assert followed.ends_with(UNRELEASED, went_through=True) is None


def test_one_that_was_missed_before_is_no_lost_answer() -> None:
    followed = Followed(Store())
    followed.takes()
    followed._heart = SimpleNamespace(own=LOCK, misses_its_lock=True, lets_go=lambda: None)  # type: ignore[assignment]
    followed.store.held = None
    found = followed.ends_with(UNRELEASED, went_through=True)
    assert type(found) is StateLocked
    assert "somebody cleared this run's lock" in found.message


def test_one_that_may_not_be_deleted_is_told_with_its_command_and_tried_again_at_the_end() -> None:
    followed = Followed(Store())
    followed.takes()
    refusal = StateStoreError("deleting the lock: 403")

    def refuse() -> None:
        raise refusal

    followed.store.before_unlock = refuse
    found = followed.ends_with(StateStoreError("went through, but 403", "Ask."), went_through=True)
    assert type(found) is StateStoreError
    assert "This run's own lock stays" in found.message
    assert "clear it" in found.advice
    followed.store.before_unlock = lambda: None
    followed.rest()
    assert followed.store.held is None


def test_a_store_that_is_away_for_a_moment_is_asked_again() -> None:
    followed = Followed(Store())
    followed.takes()
    answers: list[Exception] = [Unreachable("cut"), Unreachable("cut")]

    def away() -> None:
        if answers:
            raise answers.pop()

    followed.store.before_unlock = away
    assert followed.ends_with(UNRELEASED, went_through=True) is None


@pytest.mark.parametrize("failure", [CapacityError("no room"), TerraformError("ended from outside by SIGKILL")])
def test_one_that_a_failed_or_killed_terraform_left_is_released_and_told(failure: ProvisionError) -> None:
    followed = Followed(Store())
    followed.takes()
    found = followed.ends_with(failure)
    assert found is failure
    assert "This run's own lock, which was left, is released" in found.message
    assert followed.store.held is None


def test_a_terraform_that_was_interrupted_twice_leaves_none_either() -> None:
    followed = Followed(Store())
    followed.takes()
    failure = Interrupted("stopped by SIGINT", 2)
    assert followed.ends_with(failure) is failure
    assert failure.message == "stopped by SIGINT"
    assert followed.store.held is None


def test_another_runs_lock_is_told_with_holder_and_command_and_never_touched() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    followed = Followed(store)
    followed.begins()
    found = followed.ends_with(REFUSED)
    assert type(found) is StateLocked
    assert "root@elsewhere" in found.message
    assert "https://github.com/a/b/actions/runs/3" in found.message
    assert "clear it" in found.advice
    assert store.held is LOCK


def test_one_that_is_taken_on_this_machine_at_the_same_moment_is_not_this_runs() -> None:
    followed = Followed(Store())
    other = followed.takes(works=False)
    assert type(followed.ends_with(REFUSED, other.id)) is StateLocked
    cut = followed.ends_with(Unreachable("EOF"), other.id)
    assert type(cut) is Unreachable
    assert "may be this run's own" in cut.message
    assert followed.store.unlocked == []


@pytest.mark.parametrize("change", [{"holder": "root@x"}, {"created": "2026-01-01T00:00:00Z"}, {"created": ""}])
def test_one_that_was_taken_elsewhere_or_before_is_not_either(change: dict[str, str]) -> None:
    followed = Followed(Store())
    lock = followed.takes()
    followed.store.held = replace(lock, **change)
    followed.ends_with(CapacityError("no room"))
    assert followed.store.unlocked == []


def test_one_that_was_taken_since_this_runs_terraform_worked_is_not_either() -> None:
    followed = Followed(Store())
    lock = followed.takes()
    later = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    followed.store.held = replace(lock, created=later)
    followed.ends_with(CapacityError("no room"))
    assert followed.store.unlocked == []


def test_the_lock_of_an_init_is_released_by_the_id_that_it_names() -> None:
    followed = Followed(Store())
    followed.takes(works=False)
    assert followed.ends_with(UNRELEASED, "21", went_through=True) is None
    assert followed.store.held is None


def test_a_refusal_whose_holder_has_gone_says_so() -> None:
    followed = Followed(Store())
    followed.begins()
    found = followed.ends_with(REFUSED)
    assert type(found) is StateLocked
    assert "has let go of it" in found.message


def test_a_store_that_does_not_answer_leaves_terraforms_word() -> None:
    followed = Followed(Store())
    followed.takes()
    followed.store.fails = PermissionDenied("no")
    assert followed.ends_with(UNRELEASED, went_through=True) is UNRELEASED


def test_a_lock_that_is_taken_away_stops_terraform_and_ends_with_14() -> None:
    followed = Followed(Store())
    followed.takes()
    followed._lost(LOCK)
    assert followed.stopped == ["stopped"]
    found = followed.ends_with(TerraformError("execution halted"))
    assert type(found) is StateLocked
    assert "taken away while it was at work" in found.message
    assert "root@elsewhere" in found.message
    assert followed.store.unlocked == []
    with pytest.raises(StateLocked):
        followed.ended()  # it may have come to its end all the same


def test_signs_of_life_end_with_the_run() -> None:
    store = Store()
    followed = Followed(store)
    followed.beat()
    followed.wait()
    followed.beat()
    followed.rest()
    assert store.objects == {}
    followed.rest()
