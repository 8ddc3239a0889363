"""CAPACITY_WAIT where the cloud ends a request that it has no room for: the run asks again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cluster_provision.errors import CapacityError
from cluster_provision.provisioners.terraform.adoption import apply_and_adopt
from cluster_provision.provisioners.terraform.watching import watched

if TYPE_CHECKING:
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.result import Changes
    from cluster_provision.run import Run

PAUSE_SECONDS = 30.0


def apply_until_there_is_room(session: Session, run: Run) -> Changes:
    """Apply, and where there is no room apply again, until CAPACITY_WAIT is over.

    Where the cloud itself goes on trying, the target's stages wait for that.
    """
    until = time.monotonic() + run.settings.capacity_wait * 60
    while True:
        try:
            with watched(session, run):
                return apply_and_adopt(session, run)
        except CapacityError as refusal:
            left = until - time.monotonic()
            if not session.target.asks_once or left < PAUSE_SECONDS:
                raise
            why = " ".join(refusal.message.split())
            run.console.say(
                f"{why}\nWaiting up to {left / 60:.0f} minutes for capacity (CAPACITY_WAIT); the next try is in "
                f"{PAUSE_SECONDS:.0f} seconds"
            )
            run.progress.update("waiting for room")
            time.sleep(PAUSE_SECONDS)
