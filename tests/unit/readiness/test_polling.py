"""Pacing a wait, and bearing that nothing answers for a while."""

from __future__ import annotations

import pytest

from cluster_provision.errors import NotReady, Unreachable
from cluster_provision.readiness.polling import LONGEST_SECONDS, OUTAGE_SECONDS, Poll

AWAY = Unreachable("listing the machines:\nno answer in time")


class Time:
    """A clock that only a sleep moves on."""

    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def poll(self, limit: float) -> Poll:
        return Poll(limit, lambda: self.now, self.sleep)


def test_a_wait_goes_on_through_minutes_without_an_answer() -> None:
    time, said = Time(), []
    poll = time.poll(3600)
    while poll.next():
        with poll.bearing_outages(lambda text, *_: said.append(text)):
            if time.now < OUTAGE_SECONDS / 2:
                raise AWAY
            break
    assert said[0] == "listing the machines: no answer in time"
    assert OUTAGE_SECONDS / 2 <= time.now < OUTAGE_SECONDS


def test_an_outage_that_lasts_ends_it() -> None:
    time = Time()
    poll = time.poll(24 * 3600)
    with pytest.raises(Unreachable):
        while poll.next():
            with poll.bearing_outages(lambda *_: None):
                raise AWAY
    assert OUTAGE_SECONDS <= time.now <= OUTAGE_SECONDS + LONGEST_SECONDS


def test_each_outage_is_borne_anew_once_an_answer_came() -> None:
    time = Time()
    poll = time.poll(10 * OUTAGE_SECONDS)
    answered = 0.0
    while poll.next():
        with poll.bearing_outages(lambda *_: None):
            if time.now - answered < OUTAGE_SECONDS / 2 and time.now < 9 * OUTAGE_SECONDS:
                raise AWAY
            answered = time.now
    assert time.now == 10 * OUTAGE_SECONDS


def test_a_time_that_is_up_without_an_answer_is_no_wait_for_nodes() -> None:
    poll = Time().poll(60)
    with pytest.raises(Unreachable):
        while poll.next():
            with poll.bearing_outages(lambda *_: None):
                raise AWAY


def test_another_error_ends_the_wait_at_once() -> None:
    poll = Time().poll(60)
    with pytest.raises(NotReady):
        while poll.next():
            with poll.bearing_outages(lambda *_: None):
                raise NotReady("a node failed")
    assert poll.elapsed == 0
