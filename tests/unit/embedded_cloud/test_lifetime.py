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


def is_let_go(run: socket.socket, seconds: float) -> bool:
    """Whether the cloud closes its end of the connection in time, once the run has closed its own."""
    run.settimeout(seconds)
    try:
        return run.recv(1) == b""
    except TimeoutError:
        return False


def kept(life: Lifetime) -> socket.socket:
    """A run's end of a connection that the door closes as soon as `keep` returns."""
    ours, theirs = socket.socketpair()
    assert life.take()

    def visit() -> None:
        with theirs:
            life.keep(theirs)

    threading.Thread(target=visit, daemon=True).start()
    return ours


def test_the_last_run_stays_until_all_is_written() -> None:
    life = Lifetime(lambda: True, lambda: True)
    waited, run = waiting(life), kept(life)
    run.shutdown(socket.SHUT_WR)
    assert ends(waited) is True
    assert not is_let_go(run, 0.2)  # the end of the process lets it go


@pytest.mark.parametrize("unwritten", [True, False])
def test_a_run_that_is_not_the_last_one_or_leaves_nothing_unwritten_goes_at_once(*, unwritten: bool) -> None:
    life = Lifetime(lambda: True, lambda: unwritten)
    other, run = (hold(life) if unwritten else None), kept(life)
    run.shutdown(socket.SHUT_WR)
    assert is_let_go(run, 5)
    if other is not None:
        other.close()


def test_a_cloud_that_goes_on_lets_its_last_run_go() -> None:
    life = Lifetime(lambda: False, lambda: True)
    waiting(life)
    run = kept(life)
    run.shutdown(socket.SHUT_WR)
    assert is_let_go(run, 5)
