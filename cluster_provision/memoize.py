"""Remembers answers, so that each question is asked once by any number of threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Remembered:
    """The answers by key: the first thread asks, others wait. A failure is the same for all."""

    def __init__(self) -> None:
        self._known: dict[object, _Once] = {}
        self._lock = threading.Lock()

    def __call__(self, key: object, ask: Callable[[], T]) -> T:
        """Return the answer that the first `ask` for `key` got, or raise its failure."""
        with self._lock:
            once = self._known.setdefault(key, _Once())
        return once.value(ask)


class _Once:
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
                except Interrupted:  # it is no answer: a clean-up afterwards asks again
                    self._asked = False
                    raise
                except Exception as failure:
                    self._failure = failure
            if self._failure is not None:
                raise self._failure
            result: T = self._value
            return result
