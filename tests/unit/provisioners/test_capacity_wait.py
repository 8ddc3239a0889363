"""CAPACITY_WAIT where the cloud is asked once: again until the time is up, and never where it goes on by itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import CapacityError, QuotaError
from cluster_provision.provisioners.terraform import capacity_wait
from cluster_provision.provisioners.terraform.capacity_wait import PAUSE_SECONDS, apply_until_there_is_room
from cluster_provision.result import Changes

NO_ROOM = CapacityError("AllocationFailed: no room")


class Time:
    """A clock that only sleeping moves."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def run_of(monkeypatch: pytest.MonkeyPatch, answers: list[Any], *, asks_once: bool = True, minutes: int = 10) -> Any:
    """A run whose Terraform answers so, one after the other; `said` are the lines that a user sees."""
    time = Time()
    monkeypatch.setattr(capacity_wait, "time", time)

    def apply(session: Any, run: Any) -> Changes:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(capacity_wait, "apply_and_adopt", apply)
    said: list[str] = []
    target = SimpleNamespace(asks_once=asks_once, watch=lambda say: None)
    console = SimpleNamespace(say=said.append)
    progress = SimpleNamespace(update=lambda text: None)
    settings = SimpleNamespace(capacity_wait=minutes)
    made: Any = SimpleNamespace(
        target=target, console=console, progress=progress, settings=settings, said=said, time=time, answers=answers
    )
    return made


def test_it_asks_again_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [NO_ROOM, NO_ROOM, Changes(1)])
    assert apply_until_there_is_room(run, run) == Changes(1)
    assert run.time.now == 2 * PAUSE_SECONDS
    assert "Waiting up to 10 minutes for capacity (CAPACITY_WAIT)" in run.said[0]


def test_it_gives_up_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [NO_ROOM] * 100, minutes=1)
    with pytest.raises(CapacityError):
        apply_until_there_is_room(run, run)
    assert run.time.now <= 60


@pytest.mark.parametrize(
    ("answer", "asks_once", "minutes"), [(NO_ROOM, False, 10), (NO_ROOM, True, 0), (QuotaError("exceeding"), True, 10)]
)
def test_it_asks_once_where_asking_again_is_of_no_use(
    monkeypatch: pytest.MonkeyPatch, answer: Exception, minutes: int, *, asks_once: bool
) -> None:
    run = run_of(monkeypatch, [answer, Changes()], asks_once=asks_once, minutes=minutes)
    with pytest.raises(type(answer)):
        apply_until_there_is_room(run, run)
    assert len(run.answers) == 1
