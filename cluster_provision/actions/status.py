"""Status: how the cluster is now. Changes nothing, takes no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.connection.text import status_text
from cluster_provision.errors import NotReady
from cluster_provision.result import Check
from cluster_provision.run import Step, perform
from cluster_provision.stage import look_at

if TYPE_CHECKING:
    from cluster_provision.run import Run


def status(run: Run) -> str:
    """Look at every stage; returns a table. The first failure is the result's error."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, LOCK, Step("cluster", look_at_cluster)))
    return status_text(run.result, run.target.place)


def look_at_lock(run: Run) -> None:
    """Say who holds the lock: what is missing may be about to come."""
    held = run.store.lock() if run.store.exists() else None
    told = f"held by {held.holder} since {held.created}" if held else "free"
    run.result.checks.append(Check("state lock", "ok", told))
    run.progress.conclude(told)


LOCK = Step("lock", look_at_lock)


def look_at_cluster(run: Run) -> None:
    """Look at each of the target's stages."""
    error = look_at(run.target.stages(None), run.site)
    if not (run.facts.resources or run.result.nodes):
        error = NotReady(
            f"there is no cluster {run.target.cluster.name}: no state at {run.store.uri}", "Create makes one."
        )
    run.result.error = error
    run.progress.conclude("as it should be" if error is None else "not as it should be")
