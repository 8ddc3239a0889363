"""Destroy: everything of the cluster removed, and proven to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.artefacts import uploaded_when_it_fails
from cluster_provision.actions.steps import FIND_STATE, INIT, LOCK, RENDER, SIGN_IN, WORK_DIR, refuse_locked
from cluster_provision.actions.zones import SAME_ZONE
from cluster_provision.errors import Leftovers
from cluster_provision.provisioners.terraform.removal import remove_everything
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def destroy(run: Run) -> str:
    """Remove the cluster; returns a text on what was removed."""
    with uploaded_when_it_fails(run):
        perform(run, BEFORE)
        remove(run)
    if not run.facts.exists:
        return f"There is nothing to destroy: no state at {run.store.uri}, and nothing with this cluster's label."
    return f"Cluster {run.target.cluster.name} is gone: machines, network and state."


def remove(run: Run) -> None:
    """Remove what the state knows of, see that nothing is left, and then the state; Terraform may be set up already."""
    if run.facts.resources:
        perform(run, [step for step in TERRAFORM if step.name not in run.done])
    perform(run, AFTER)


def apply_destruction(run: Run) -> None:
    """Have Terraform remove it."""
    try:
        done = remove_everything(run)
    finally:
        run.result.changes = run.terraform.planned
    run.progress.conclude(f"{done.destroy} destroyed")


def look_for_leftovers(run: Run) -> None:
    """Look the cloud over for whatever carries the cluster's label, or a name of this tool's for the cluster.

    Terraform has given the lock back by now, and another run may have taken it: what that one makes isn't left over.
    """
    refuse_locked(run)
    run.target.sweep(run.store, run.console.say)
    found = run.target.leftovers()
    run.result.leftovers = found
    if found:
        lines = "\n".join(f"  {each.text()}" for each in found)
        commands = "\n".join(f"  {each.command}" for each in found if each.command)
        raise Leftovers(
            f"still there:\n{lines}",
            f"They cost money. Run Destroy again in a minute; delete by hand what then remains:\n{commands}",
        )
    run.progress.conclude("none")


def delete_state(run: Run) -> None:
    """Delete the state and the run's artefacts: the cluster they told of is gone."""
    refuse_locked(run)
    kept = run.store.delete_deployment() if run.store.exists() else ""
    run.progress.conclude(f"kept {kept}" if kept else "")


BEFORE = (SIGN_IN, FIND_STATE, LOCK, SAME_ZONE)
TERRAFORM = (
    WORK_DIR,
    RENDER,
    INIT,
    Step("terraform destroy", apply_destruction),
)
AFTER = (Step("leftovers", look_for_leftovers), Step("state and artefacts", delete_state))
