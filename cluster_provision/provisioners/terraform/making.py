"""Making the cluster: the state's place, the nodes' files, and Terraform's apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.provisioners.terraform.capacity_wait import apply_until_there_is_room
from cluster_provision.provisioners.terraform.keepers import keepers_named
from cluster_provision.provisioners.terraform.pending_operations import settle
from cluster_provision.provisioners.terraform.place import leave_former_region, note_zone
from cluster_provision.readiness.command_results import write_wish
from cluster_provision.settings.common import CloudSettings
from cluster_provision.state.price import keep_price

if TYPE_CHECKING:
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.run import Run


def prepare_store(session: Session, run: Run) -> None:
    """Make the state's place where it is missing, and mark the place as this tool's, and the zone as the cluster's."""
    session.begin(run)
    session.require_own(run)
    made = run.store.prepare()
    note_zone(session, run)
    session.keep(run)
    run.progress.conclude(f"created {run.store.noun} {run.store.container}" if made else run.store.container)


def upload_files(session: Session, run: Run) -> None:
    """Put the user's files and the samples where the nodes fetch them, and say what is asked of the user's command."""
    for archive in (session.files, session.samples):
        if archive is not None and not run.store.has(archive.name):
            run.store.upload(archive.name, archive.path)
    keep_price(run.store, run.result.price)
    if isinstance(run.settings, CloudSettings):
        write_wish(run.store, run.settings)
    run.progress.conclude(f"{session.files.count} files, and samples" if session.files else "samples")


def apply(session: Session, run: Run) -> None:
    """Have Terraform find out what is to be done, and do it."""
    leave_former_region(session, run)
    settle(session, run)
    session.target.begin(run.decided, run.result, run.console.say)
    try:
        with keepers_named(session):
            done = apply_until_there_is_room(session, run)
    finally:
        run.result.changes, run.result.plan = session.terraform.planned, session.terraform.changes
        session.note_made(run)
    run.progress.conclude(f"{done.add} added, {done.change} changed, {done.destroy} destroyed")
