"""Several waits at once: calls to a cloud that don't depend on each other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def at_once(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """What each task gives, in their order; all run, and then the first failure in that order is raised.

    The threads are daemons: a signal ends the wait, and the process needn't wait for an answer that nobody
    wants any more.
    """
    done: dict[int, T] = {}
    failed: dict[int, BaseException] = {}

    def work(number: int, task: Callable[[], T]) -> None:
        try:
            done[number] = task()
        except BaseException as failure:
            failed[number] = failure

    threads = [threading.Thread(target=work, args=each, daemon=True) for each in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[min(failed)]
    return [done[number] for number in range(len(tasks))]
