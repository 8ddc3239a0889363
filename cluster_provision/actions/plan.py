"""Plan: what Create would change. Creates nothing, takes no lock, and works before the first Create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, PREFLIGHT, SIGN_IN
from cluster_provision.result import Changes
from cluster_provision.run import perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def plan(run: Run) -> str:
    """Compare the cluster with its settings; returns "No changes" or the numbers of resources."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.choose, PREFLIGHT, *run.provisioner.compare))
    return (run.result.changes or Changes()).text()
