"""Terraform while it applies, with the target looking at what it waits for.

Where Terraform's provider waits for machines by itself, it says nothing of why they don't come, and waits for as long
as the cloud tries. So the target looks beside it, says what is in the way, and has Terraform stopped where that lasts
too long: in its own way, so that the state is saved and the lock released.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted, ProvisionError
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cluster_provision.interruption import Interruption
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.run import Run
    from cluster_provision.targets.terraform_target import Watch

FOR_EVER = float("inf")


@contextlib.contextmanager
def watched(session: Session, run: Run) -> Iterator[None]:
    """Within the block, the target looks; a failure of Terraform's leaves it with the reason that the target knows."""
    watch = session.target.watch(run.console.say)
    if watch is None:
        yield
        return
    watcher = _Watcher(watch, run.interruption, run.console.say)
    watcher.start()
    try:
        yield
    except Interrupted:
        raise
    except ProvisionError as failure:
        watcher.end()
        raise watcher.failure or watch.explain(failure) from failure
    finally:
        watcher.end()


class _Watcher(threading.Thread):
    """Looks again and again on a thread of its own; `failure` is why it had Terraform stopped."""

    def __init__(self, watch: Watch, interruption: Interruption, say: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        self.failure: ProvisionError | None = None
        self._watch = watch
        self._interruption = interruption
        self._say = say
        self._over = threading.Event()

    def end(self) -> None:
        """Look no more; returns once the last look is over."""
        self._over.set()
        self.join()

    def _pause(self, seconds: float) -> None:
        self._over.wait(seconds)

    def run(self) -> None:
        poll = Poll(FOR_EVER, sleep=self._pause)
        while poll.next() and not self._over.is_set():
            try:
                self._watch.glance(poll.elapsed)
            except ProvisionError as failure:
                self.failure = failure
                self._interruption.stop()
                return
            except Exception as defect:  # one in the looking is no reason to stop what is looked at
                told = " ".join(str(defect).split())
                self._say(f"Warning: what Terraform waits for can't be looked at: {type(defect).__name__}: {told}")
                return
