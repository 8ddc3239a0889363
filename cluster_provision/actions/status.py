"""Status: how the cluster is now. Changes nothing, takes no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.run_report.facts import note_cluster, note_set_up
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.connection.text import status_text
from cluster_provision.errors import CANNOT_LOOK, NotReady, StateStoreError
from cluster_provision.provisioners.lock import at_work, holder_named
from cluster_provision.result import Check
from cluster_provision.run import Step, perform
from cluster_provision.stage import look_at

if TYPE_CHECKING:
    from cluster_provision.result import CheckStatus
    from cluster_provision.run import Run

NAME = "state lock"
FREE = "free"


def status(run: Run) -> str:
    """Look at every stage; returns a table. The first failure is the result's error."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, LOCK, Step("cluster", look_at_cluster)))
    return status_text(run.result, run.target.place)


def look_at_lock(run: Run) -> None:
    """Say who holds the lock: what is missing may be about to come."""
    held = run.store.lock() if run.store.exists() else None
    told = f"held by {holder_named(run, held).text()}" if held else FREE
    status: CheckStatus = "ok"
    if not held:
        try:
            told = "; ".join((FREE, *(f"at work: {each.identity.text()}" for each in at_work(run))))
        except (*CANNOT_LOOK, StateStoreError) as failure:
            status = "unknown"
            told = f"{FREE}, but whether a run is at work could not be looked at: {' '.join(failure.message.split())}"
    run.result.checks.append(Check(NAME, status, told))
    run.progress.conclude(told)


LOCK = Step("lock", look_at_lock, folded=True)


def look_at_cluster(run: Run) -> None:
    """Look at each of the target's stages."""
    if run.facts.resources:
        note_cluster(run)
    before = len(run.result.checks)
    error = look_at(run.target.stages(None), run.site)
    if run.result.nodes:
        note_set_up(run)
    if not (run.facts.resources or run.result.nodes):
        error = _no_cluster(run)
        # that nothing is wrong with what isn't there is no finding
        run.result.checks[before:] = [each for each in run.result.checks[before:] if each.status != "ok"]
    run.result.error = error
    if error is None:
        run.progress.conclude("as it should be")
    else:
        run.progress.find_fault("not as it should be")


def _no_cluster(run: Run) -> NotReady:
    name, uri = run.target.cluster.name, run.store.uri
    told = next((check.detail for check in run.result.checks if check.name == NAME), FREE)
    if told != FREE:
        return NotReady(
            f"there is no cluster {name} yet, and a run may be making it: the state's lock at {uri} is {told}",
            "Look again once that run has ended; `Unlock` tells whether it lives.",
        )
    return NotReady(f"there is no cluster {name}: no state at {uri}", "Create makes one.")
