"""Whether the cluster is there: another's Slurm on these machines, with nodes of the same names, isn't ours to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady

if TYPE_CHECKING:
    from cluster_provision.run import Run


def require_cluster(run: Run) -> None:
    """Raise NotReady where the state holds no cluster."""
    if not run.facts.resources:
        raise NotReady(
            f"there is no cluster {run.target.cluster.name}: no state at {run.store.uri}", "Create makes one."
        )
