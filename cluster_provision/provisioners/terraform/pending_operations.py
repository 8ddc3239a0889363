"""Before Terraform: what an earlier run left under way is over, and the state says nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import refuse_locked

if TYPE_CHECKING:
    from cluster_provision.run import Run


def settle(run: Run) -> None:
    """Wait for what is under way, and correct a state that would have Terraform wait for an operation.

    An operation that failed would otherwise fail every look at the state from then on. What a run does that began
    meanwhile is no former run's, and isn't touched.
    """
    refuse_locked(run)
    run.target.settle(run.store, run.progress.update)
    if run.store.exists() and run.store.facts().unfinished:
        run.terraform.mend(run.target.mend)
