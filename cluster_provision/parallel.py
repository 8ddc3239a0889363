"""Makes several waits at once: calls to a cloud that don't depend on each other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

WIDTH = 64
"""The number of calls that wait at the same time: a cluster may have a thousand machines."""


def at_once(tasks: Sequence[Callable[[], T]], width: int = WIDTH) -> list[T]:
    """Run all tasks, and return their results in order; then raise the first failure in that order.

    `width` of them run at the same time, so no task may wait for a later one. The threads are daemons: after a signal,
    the process needn't wait for an unwanted answer.
    """
    done: dict[int, T] = {}
    failed: dict[int, BaseException] = {}
    waiting = iter(range(len(tasks)))  # each thread takes the next number

    def work() -> None:
        for number in waiting:
            try:
                done[number] = tasks[number]()
            except BaseException as failure:
                failed[number] = failure

    threads = [threading.Thread(target=work, daemon=True) for _ in tasks[:width]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[min(failed)]
    return [done[number] for number in range(len(tasks))]
