"""Create: from an env file to a cluster that is proven to work. Run again, it goes on from where it was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.artefacts import upload_artefacts, uploaded_when_it_fails
from cluster_provision.actions.cleanup import destroyed_at_the_end, stay
from cluster_provision.actions.private_key import handed_over_when_it_fails
from cluster_provision.actions.steps import (
    FIND_STATE,
    INIT,
    LOCK,
    PACK,
    PREFLIGHT,
    RENDER,
    SIGN_IN,
    WORK_DIR,
)
from cluster_provision.actions.zones import (
    CHOOSE_ZONE,
    in_a_zone_with_room,
    leave_former_region,
    note_success,
    note_zone,
)
from cluster_provision.connection.text import connection_text
from cluster_provision.provisioners.terraform.capacity_wait import apply_until_there_is_room
from cluster_provision.provisioners.terraform.pending_operations import settle
from cluster_provision.run import Step, perform
from cluster_provision.stage import Site

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.stage import Stage


def create(run: Run) -> str:
    """Make the cluster and prove it; returns the text that tells how to connect."""
    with destroyed_at_the_end(run):
        with uploaded_when_it_fails(run), handed_over_when_it_fails(run):
            perform(run, BEFORE)
            in_a_zone_with_room(run, (*MAKE, *proof(run)))
            note_success(run)
            upload_artefacts(run)
        text = connection_text(run.result)
        if not run.settings.cleanup_on_exit:
            return text
        run.show(text)
        stay(run)
    return ""


def prepare_store(run: Run) -> None:
    """Make the state's place where it is missing, and mark the place as this tool's, and the zone as the cluster's."""
    made = run.store.prepare()
    note_zone(run)
    run.progress.conclude(f"created {run.store.noun} {run.store.container}" if made else run.store.container)


def upload_files(run: Run) -> None:
    """Put the user's files and the samples where the nodes fetch them."""
    for archive in (run.archive, run.samples):
        if archive is not None and not run.store.has(archive.name):
            run.store.upload(archive.name, archive.path)
    run.progress.conclude(f"{run.archive.count} files, and samples" if run.archive else "samples")


def apply(run: Run) -> None:
    """Have Terraform find out what is to be done, and do it."""
    leave_former_region(run)
    settle(run)
    run.target.begin(run.result, run.console.say)
    try:
        done = apply_until_there_is_room(run)
    finally:
        run.result.changes = run.terraform.planned
    run.progress.conclude(f"{done.add} added, {done.change} changed, {done.destroy} destroyed")


def proof(run: Run) -> tuple[Step, ...]:
    """The target's own stages: its nodes, what runs on them, and a last look."""
    return tuple(Step(stage.name, partial(_do, stage), each_zone=True) for stage in run.target.stages)


def _do(stage: Stage, run: Run) -> None:
    stage.do(Site(run.store, run.facts, run.result, run.progress, run.console.say))


BEFORE = (SIGN_IN, FIND_STATE, LOCK, CHOOSE_ZONE)
MAKE = (
    PREFLIGHT,
    WORK_DIR,
    PACK,
    Step("state store", prepare_store, each_zone=True),
    Step("upload", upload_files),
    RENDER,
    INIT,
    Step("terraform apply", apply, each_zone=True),
)
