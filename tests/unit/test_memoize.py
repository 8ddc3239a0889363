"""Answers that are asked for once."""

from __future__ import annotations

import signal

import pytest

from cluster_provision.errors import Interrupted, PermissionDenied
from cluster_provision.memoize import Remembered


class Asked:
    """Gives one answer after the other, and raises those that are failures."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def __call__(self) -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_an_answer_is_asked_for_once() -> None:
    once, asked = Remembered(), Asked("first", "second")
    assert [once("key", asked), once("key", asked), once("other", asked)] == ["first", "first", "second"]


def test_a_failure_is_the_same_for_all() -> None:
    once, asked = Remembered(), Asked(PermissionDenied("no"), "yes")
    for _ in range(2):
        with pytest.raises(PermissionDenied):
            once("key", asked)


def test_a_signal_is_no_answer() -> None:
    once, asked = Remembered(), Asked(Interrupted("stopped by SIGTERM", signal.SIGTERM), "answer")
    with pytest.raises(Interrupted):
        once("key", asked)
    assert once("key", asked) == "answer"
