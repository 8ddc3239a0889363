"""UpdateHosts on machines that exist already: names and keys as Create writes them, so that Destroy gives them back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted
from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, LOCK, SIGN_IN
from cluster_provision.provisioners.ssh.outcome import failure_of, tally
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.targets.ssh_target import NamesTarget


def update_the_names(run: Run, target: NamesTarget) -> str:
    """Bring names, hosts' keys and the cluster's key up to date; returns the machines with their addresses."""
    perform(run, (SIGN_IN, FIND_STATE, LOCK, Step("hosts", partial(_update, target))))
    return "\n".join(f"{each.key} {each.attributes.get('address', '')}" for each in run.facts.instances)


def _update(target: NamesTarget, run: Run) -> None:
    require_cluster(run)
    applied = target.update_names(run.store, run.facts, counted(run))
    if failure := failure_of(applied):
        raise failure
    run.progress.conclude(tally(applied))
