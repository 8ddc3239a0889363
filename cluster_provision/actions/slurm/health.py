"""Health of a Slurm cluster: what keeps nodes from jobs, and with `again` what their health program finds now."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted
from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import SettingsError
from cluster_provision.health.records import with_own_checks
from cluster_provision.health.table import health_text
from cluster_provision.health.verdict import check_of, counts, document
from cluster_provision.orchestrators.slurm.health import NodesController, check_again, health_of, unhealthy
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.health.records import CheckedNode
    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.run import Run


def slurm_health(run: Run, controller: Controller, *, again: bool) -> str:
    """Look at every node; returns a table. The result's error says what keeps the cluster from being healthy."""
    if again and not isinstance(controller, NodesController):
        raise SettingsError(
            ("Health again is not for nodes that a cloud makes: each runs its checks by itself",),
            "`Health` shows what they found; while a node is idle, Slurm runs its health program every 300 seconds.",
            where="",
        )
    not_run: dict[str, str] = {}
    found: list[CheckedNode] = []
    steps = [SIGN_IN, FIND_STATE, *run.provisioner.find]
    if again and isinstance(controller, NodesController):
        steps.append(Step("health checks", lambda run: not_run.update(_again(run, controller))))
    perform(run, [*steps, Step("health", partial(_look, controller, not_run, found))])
    return health_text(found)


def _again(run: Run, controller: NodesController) -> dict[str, str]:
    require_cluster(run)
    not_run = check_again(controller, counted(run))
    total = len(controller.slurm_nodes)
    run.progress.conclude(f"run on {total - len(not_run)} of {total}")
    return not_run


def _look(controller: Controller, not_run: dict[str, str], found: list[CheckedNode], run: Run) -> None:
    require_cluster(run)
    found += with_own_checks(run.store, health_of(controller, not_run))
    health = {each.name: each.verdict for each in found}
    run.result.nodes = [replace(n, health=health.get(n.name, "")) for n in run.result.nodes]
    run.result.health = document(found)
    run.result.checks.append(check_of(found))
    run.result.error = unhealthy(found)
    run.progress.conclude(counts(found))
