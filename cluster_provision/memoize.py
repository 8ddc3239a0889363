"""Answers that are asked for once, by however many threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Remembered:
    """What was asked for under each key: whoever comes first asks, others wait. A failure is the same for all."""

    def __init__(self) -> None:
        self._known: dict[object, _Once] = {}
        self._lock = threading.Lock()

    def __call__(self, key: object, ask: Callable[[], T]) -> T:
        """The answer that `ask` gave to the first who asked for `key`; raises what it raised then."""
        with self._lock:
            once = self._known.setdefault(key, _Once())
        return once.value(ask)


class _Once:
    """One answer, or failure."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: Any = None
        self._failure: Exception | None = None
        self._asked = False

    def value(self, ask: Callable[[], T]) -> T:
        with self._lock:
            if not self._asked:
                self._asked = True
                try:
                    self._value = ask()
                except Interrupted:  # no answer: a clean-up after it asks again
                    self._asked = False
                    raise
                except Exception as failure:
                    self._failure = failure
            if self._failure is not None:
                raise self._failure
            result: T = self._value
            return result
