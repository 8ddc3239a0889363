"""What an earlier run left under way: Terraform begins only once that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.provisioners.lock import refuse_locked

if TYPE_CHECKING:
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.run import Run


def settle(session: Session, run: Run) -> None:
    """Wait for what is under way, and correct a state that would have Terraform wait for an operation.

    An operation that failed would otherwise fail every look at the state from then on. Raises StateLocked where
    another run has begun meanwhile: what that one does is left alone.
    """
    refuse_locked(run)
    session.target.settle(run.store, run.progress.update)
    if run.store.exists() and run.store.facts().unfinished:
        session.terraform.mend(session.target.mend)
