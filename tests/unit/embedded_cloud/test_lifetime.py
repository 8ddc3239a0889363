"""An embedded cloud stays for as long as a run holds it, or something is in it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from embedded_cloud import lifetime
from embedded_cloud.lifetime import Lifetime
from tests.unit.embedded_cloud.asked_cloud import until

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(lifetime, "GRACE_SECONDS", 0.01)


def hold(life: Lifetime) -> socket.socket:
    """A run's end of the connection; the cloud's end is kept by a thread, as the door's are."""
    ours, theirs = socket.socketpair()
    assert life.take()
    threading.Thread(target=life.keep, args=(theirs,), daemon=True).start()
    return ours


def waiting(life: Lifetime) -> tuple[threading.Thread, list[bool]]:
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(life.wait()), daemon=True)
    thread.start()
    return thread, ended


def ends(waited: tuple[threading.Thread, list[bool]]) -> bool:
    thread, ended = waited
    thread.join(10)
    assert ended, "it does not end"
    return ended[0]


@pytest.mark.parametrize("idle", [lambda: True, None])
def test_it_stays_while_a_run_holds_it(idle: Callable[[], bool] | None) -> None:
    life = Lifetime(idle)
    run, waited = hold(life), waiting(life)
    other = hold(life)
    other.close()
    until(lambda: life.holders == 1)
    assert life.take()  # not about to end
    life.stop()
    assert ends(waited) is False
    run.close()


def test_two_runs_that_end_at_once_end_it_once_and_nobody_gets_hold_of_it_any_more() -> None:
    life = Lifetime(lambda: True)
    runs = [hold(life), hold(life)]
    waited = waiting(life)
    for run in runs:
        run.close()
    assert ends(waited) is True
    assert not life.take()


def test_what_a_killed_run_left_keeps_it_until_it_is_gone() -> None:
    left = ["a group that is still being deleted"]
    looked = threading.Event()

    def idle() -> bool:
        looked.set()
        return not left

    life = Lifetime(idle)
    run, waited = hold(life), waiting(life)
    run.close()
    assert looked.wait(10)
    assert life.take()  # it stays, and takes the next run
    life.keep(socket.socketpair()[0])
    left.clear()
    assert ends(waited) is True


def test_one_that_no_run_ever_took_hold_of_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "FIRST_RUN_SECONDS", 0.01)
    assert ends(waiting(Lifetime(lambda: True))) is True


def test_without_a_reason_to_end_it_ends_only_when_it_is_told() -> None:
    life = Lifetime(None)
    waited = waiting(life)
    hold(life).close()
    until(lambda: life.holders == 0)
    assert not waited[1]
    life.stop()
    assert ends(waited) is False
