"""Plan: what Create would change. Creates nothing, takes no lock, and works before the first Create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import (
    FIND_STATE,
    INIT,
    PACK,
    PREFLIGHT,
    SIGN_IN,
    WORK_DIR,
    render_with_state,
    render_without_state,
)
from cluster_provision.actions.zones import CHOOSE_ZONE
from cluster_provision.result import Changes
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def plan(run: Run) -> str:
    """Compare the cluster with its settings; returns "No changes" or the numbers of resources."""
    perform(run, (SIGN_IN, FIND_STATE, CHOOSE_ZONE, PREFLIGHT, WORK_DIR, PACK, RENDER, INIT, COMPARE))
    return (run.result.changes or Changes()).text()


def render(run: Run) -> None:
    """Render with the state where there is one; else against an empty one in the working folder."""
    if run.facts.exists:
        render_with_state(run)
    else:
        render_without_state(run)


def compare(run: Run) -> None:
    """terraform plan. What a run that was stopped has left under way isn't waited for."""
    if run.facts.unfinished:
        run.console.say("Note: an earlier run was stopped in the middle: Plan goes by what it knew of the cluster")
    run.result.changes = run.terraform.plan(refresh=not run.facts.unfinished)
    run.progress.conclude(run.result.changes.text())


RENDER = Step("render", render)
COMPARE = Step("terraform plan", compare)
