"""Plan: what Create would change. Creates nothing, takes no lock, and works before the first Create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, PREFLIGHT, SIGN_IN
from cluster_provision.connection.plan_text import plan_text
from cluster_provision.run import perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def plan(run: Run) -> str:
    """Compare the cluster with its settings; returns what would be made, changed and destroyed, and the price."""
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.choose, PREFLIGHT, *run.provisioner.compare))
    return plan_text(run.result)
