"""Destroy: everything of the cluster removed, and proven to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.artefacts import uploaded_when_it_fails
from cluster_provision.actions.run_report.facts import note_cluster
from cluster_provision.actions.steps import LOCK, OPEN_STATE, SIGN_IN
from cluster_provision.actions.terminal.confirm import CONFIRM_DESTROY, confirmed, require_somebody
from cluster_provision.errors import CANNOT_LOOK, Leftovers, StateStoreError, one_of_all
from cluster_provision.provisioners.lock import refuse_at_work
from cluster_provision.run import Step, pending, perform
from cluster_provision.state.base import BackendStore

if TYPE_CHECKING:
    from cluster_provision.run import Run


def destroy(run: Run) -> str:
    """Remove the cluster; returns a text on what was removed."""
    require_somebody(run)
    with uploaded_when_it_fails(run):
        perform(run, (SIGN_IN, OPEN_STATE, LOCK, *run.provisioner.find))
        if run.facts.resources:
            note_cluster(run)
            perform(run, confirmed(run, run.provisioner.foresee, CONFIRM_DESTROY))
        remove(run)
    kept = _results_kept(run)
    if not run.facts.exists:
        return f"There is nothing to destroy: no state at {run.store.uri}, and nothing with this cluster's label.{kept}"
    return f"Cluster {run.target.cluster.name} is gone: {run.provisioner.removes}.{kept}"


def _results_kept(run: Run) -> str:
    """Where the results of its commands stay; a look that fails keeps nobody from the end of what is gone."""
    if not isinstance(run.store, BackendStore):
        return ""
    try:
        there = run.store.results.exist()
    except CANNOT_LOOK:
        return f"\nWhether results of its commands are at {run.store.results.uri} could not be looked at."
    return f"\nWhat its commands have left stays at {run.store.results.uri}" if there else ""


def remove(run: Run) -> None:
    """Remove what the state holds, prove that nothing is left, and then delete the state."""
    refuse_at_work(run)
    if run.facts.resources:
        perform(run, pending(run, run.provisioner.remove))
    perform(run, (LEFTOVERS, STATE))
    if run.result.leftovers:
        lines = "\n".join(f"  {each.text()}" for each in run.result.leftovers)
        raise Leftovers(
            f"the machines are given back, but for what stays so that nothing of yours is lost:\n{lines}",
            "Look at each, and delete it by hand where nobody needs it. The tool knows nothing of it any more.",
        )


def look_for_leftovers(run: Run) -> None:
    """Look for whatever is still there of the cluster. Raises Leftovers with the command for each.

    Raises the class of a refused look where nothing was found: what could not be looked at is unknown, never gone.

    The lock is free again by now, and another run may have taken it: what that one makes isn't left over.
    """
    refuse_at_work(run)
    remains = run.provisioner.leftovers(run)
    run.result.leftovers = [*remains.found, *remains.parted]
    unknown = "\n".join(f"  {' '.join(each.message.split())}" for each in remains.unseen)
    if remains.found:
        lines = "\n".join(f"  {each.text()}" for each in remains.found)
        commands = "\n".join(f"  {each.command}" for each in remains.found if each.command)
        raise Leftovers(
            f"still there:\n{lines}" + (f"\nand it could not be looked at:\n{unknown}" if unknown else ""),
            f"They cost money. Run Destroy again in a minute; delete by hand what then remains:\n{commands}",
        )
    if remains.unseen:
        failure = one_of_all(remains.unseen)
        failure.message = f"something of the cluster may still be there, since a look was refused:\n{unknown}"
        raise failure
    run.progress.conclude("none")


def delete_state(run: Run) -> None:
    """Delete the state and the run's artefacts: their cluster is gone."""
    refuse_at_work(run)
    run.provisioner.rest(run)  # else this run's own sign of life would be written anew
    try:
        kept = run.store.delete_deployment() if run.store.exists() else ""
    except StateStoreError as failure:
        failure.message = f"everything of the cluster is gone but its state and artefacts: {failure.message}"
        raise
    run.progress.conclude(f"kept {kept}" if kept else "")


LEFTOVERS = Step("leftovers", look_for_leftovers)
STATE = Step("state and artefacts", delete_state)
