"""Health of a Slurm cluster: what keeps nodes from jobs, and with `again` what their health program finds now."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted
from cluster_provision.actions.run_report.facts import note_cluster
from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.health.records import with_own_checks
from cluster_provision.health.table import health_text
from cluster_provision.health.verdict import check_of, counts, document
from cluster_provision.orchestrators.slurm.health import (
    RecordedController,
    check_again,
    health_of,
    recorded_health,
    unhealthy,
)
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.health.records import CheckedNode
    from cluster_provision.orchestrators.slurm.health import NodesController
    from cluster_provision.run import Run


def slurm_health(run: Run, controller: NodesController, *, again: bool) -> str:
    """Look at every node; returns a table. The result's error says what keeps the cluster from being healthy."""
    asked: dict[str, str] = {}
    found: list[CheckedNode] = []
    look = partial(health_of, controller, asked)
    if isinstance(controller, RecordedController) and not again:
        look = partial(recorded_health, controller)
    steps = [SIGN_IN, FIND_STATE, *run.provisioner.find]
    if again:
        steps.append(Step("health checks", lambda run: asked.update(_again(run, controller))))
    perform(run, [*steps, Step("health", partial(_look, look, found))])
    return health_text(found)


def _again(run: Run, controller: NodesController) -> dict[str, str]:
    require_cluster(run)
    asked = check_again(controller, counted(run))
    run.progress.conclude(f"run on {sum(not why for why in asked.values())} of {len(asked)}")
    return asked


def _look(look: Callable[[], list[CheckedNode]], found: list[CheckedNode], run: Run) -> None:
    require_cluster(run)
    found += with_own_checks(run.store, look())
    health = {each.name: each.verdict for each in found}
    run.result.nodes = [replace(n, health=health.get(n.name, "")) for n in run.result.nodes]
    run.result.health = document(found)
    run.result.checks.append(check_of(found))
    note_cluster(run)
    run.result.error = unhealthy(found)
    run.progress.conclude(counts(found))
