"""Runs an event loop beside the main thread, which stays free to receive signals."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

T = TypeVar("T")

FAREWELL_SECONDS = 5.0
"""How long an interrupted run waits for its connections to close."""


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, or raise what it raises.

    A signal's handler raises in the main thread. Inside an event loop, that would end only the callback that happens to
    run. Here it ends the wait, and cancels the work, which can still close its connections.
    """
    outcome: Future[T] = Future()
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    def live() -> None:
        try:
            outcome.set_result(asyncio.run(noted()))
        except BaseException as failure:
            outcome.set_exception(failure)

    async def noted() -> T:
        task = asyncio.create_task(work)
        running.set_result((asyncio.get_running_loop(), task))
        return await task

    thread = threading.Thread(target=live, name="fleet", daemon=True)
    thread.start()
    try:
        return outcome.result()
    except BaseException:
        if not outcome.done():
            loop, task = running.result()
            loop.call_soon_threadsafe(task.cancel)
            thread.join(FAREWELL_SECONDS)
        raise


async def all_of(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all at once, and return their results in order. The first failure cancels the others, and is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
