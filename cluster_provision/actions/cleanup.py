"""CLEANUP_ON_EXIT: the cluster lives as long as the run that made it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from cluster_provision.actions.destroy import remove
from cluster_provision.actions.steps import FIND_STATE, LOCK
from cluster_provision.errors import Interrupted, NodeSetupError, NotReady, ProvisionError, StateLocked, Unhealthy
from cluster_provision.run import perform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run

LOOK_SECONDS = 60.0
OF_MACHINES = (NodeSetupError, NotReady, Unhealthy)
"""Failures whose advice is about machines, which are gone then."""
GONE = "The cluster is gone, as CLEANUP_ON_EXIT=yes asks for. Correct the cause, and run Create again."


@contextlib.contextmanager
def destroyed_at_the_end(run: Run) -> Iterator[None]:
    """Where CLEANUP_ON_EXIT says so, destroy the cluster when the block ends, in whatever way.

    A run that ends before it begins to make things has nothing of its own to clean up; one that met another run's lock
    leaves everything to that one. A failure of the block stays the run's failure. A failure of the clean-up is printed,
    and is the run's where the block had none.
    """
    if not run.settings.cleanup_on_exit:
        yield
        return
    try:
        yield
    except StateLocked:
        if run.provisioner.began:
            run.console.say("Nothing is destroyed: another run works on this cluster.")
        raise
    except BaseException as failure:
        if run.provisioner.began and _clean_up_after_failure(run) and isinstance(failure, OF_MACHINES):
            failure.advice = GONE
        raise
    _clean_up(run)


def stay(run: Run) -> None:
    """Wait for a signal."""
    with contextlib.suppress(Interrupted):
        run.console.say(
            "The cluster stays as long as this run does (CLEANUP_ON_EXIT=yes). A signal destroys it: Ctrl-C, or "
            "docker stop --time 1800 <container>."
        )
        with run.console.waiting("the cluster stays"):
            while True:
                time.sleep(LOOK_SECONDS)


def _clean_up_after_failure(run: Run) -> bool:
    """Whether the cluster is gone."""
    try:
        _clean_up(run)
    except ProvisionError as failure:
        _say_that_it_stays(run, f"{failure.message}\n{failure.advice}")
    except Exception as defect:
        _say_that_it_stays(run, f"{type(defect).__name__}: {defect}\nRun Destroy.")
    else:
        return True
    return False


def _say_that_it_stays(run: Run, why: str) -> None:
    run.console.say(f"The cluster could not be cleaned up, and may cost money: {why}")


def _clean_up(run: Run) -> None:
    run.interruption.forgive()
    run.console.say("Destroying the cluster, as CLEANUP_ON_EXIT=yes asks for.")
    perform(run, (FIND_STATE, LOCK, *run.provisioner.find))
    run.provisioner.require_own(run)
    remove(run)
    run.console.say(f"Cluster {run.target.cluster.name} is gone: {run.provisioner.removes}.")
