"""Having Terraform remove everything, and what the cloud itself made beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted, ProvisionError, TerraformError
from cluster_provision.provisioners.lock import refuse_locked
from cluster_provision.provisioners.terraform.keepers import keepers_named
from cluster_provision.provisioners.terraform.pending_operations import settle

if TYPE_CHECKING:
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.result import Changes
    from cluster_provision.run import Run


def remove_everything(session: Session, run: Run) -> Changes:
    """What was removed. Where something that the cloud made keeps a resource from being deleted, that goes first.

    What keeps it from going is said, and is no reason to forget what Terraform ended with.
    """
    settle(session, run)
    return _remove_but(session.target.kept(run.facts, run.console.say), session, run)


def remove_from_place(session: Session, run: Run) -> Changes:
    """The same where Create gives a place up: what it has made there is new and empty, and none of it is kept. What was
    there before the cluster was claimed stays."""
    settle(session, run)
    since = run.store.claimed_at()
    there = session.target.there_before(run.store.facts(), since, run.console.say) if since is not None else ()
    return _remove_but(there, session, run)


def _remove_but(kept: tuple[str, ...], session: Session, run: Run) -> Changes:
    if kept:
        session.terraform.forget(kept)
    with keepers_named(session):
        done = _removed(session, run)
    refuse_locked(run)  # it is free by now, and another run may have begun
    session.target.sweep(run.store, run.console.say)
    return done


def _removed(session: Session, run: Run) -> Changes:
    try:
        return session.terraform.apply(destroy=True)
    except TerraformError as failure:
        refuse_locked(run)
        try:
            swept = session.target.sweep(run.store, run.console.say)
        except Interrupted:
            raise
        except ProvisionError as kept:
            run.console.say(f"  {' '.join(kept.message.split())}")
            raise failure from kept
        if not swept:
            raise
        return session.terraform.apply(destroy=True)
