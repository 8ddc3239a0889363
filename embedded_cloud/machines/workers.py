"""The threads that start and end machines, as the store wants them."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 8


class Workers:
    """Run the given work, a few at once, until they are stopped; then `stopping` is set."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, name)
        self.stopping = threading.Event()

    def submit(self, work: Callable[..., Any], *given: Any) -> None:
        if not self.stopping.is_set():
            self._pool.submit(work, *given).add_done_callback(self._raise)

    def stop(self) -> None:
        """Begin nothing more. Running work has to look at `stopping`."""
        self.stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _raise(self, done: Future[Any]) -> None:
        """Report a defect on a thread, unless the end of the cloud has caused it."""
        if not self.stopping.is_set() and not done.cancelled() and (error := done.exception()) is not None:
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
