"""Health: what the machines' own checks found, and with `again` what they find now."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.node_care.gpu_errors import gpu_errors
from cluster_provision.actions.run_report.facts import note_cluster
from cluster_provision.actions.slurm.health import slurm_health
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import NotReady, SettingsError
from cluster_provision.health.recheck import check_again
from cluster_provision.health.records import in_full, verdicts
from cluster_provision.health.table import health_text
from cluster_provision.health.verdict import check_of, counts, document, failure_of
from cluster_provision.orchestrators.slurm.health import NodesController
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import CheckedTarget

if TYPE_CHECKING:
    from cluster_provision.health.recheck import Again
    from cluster_provision.health.records import CheckedNode
    from cluster_provision.run import Run

AGAIN, ECC = "again", "ecc"


def health(run: Run) -> str:
    """Look at every node's verdict; returns a table.

    The result's error says what keeps the cluster from being healthy: an unknown verdict does, with any HEALTH_GATE.
    """
    if run.argument not in ("", AGAIN, ECC):
        raise SettingsError(
            (
                f"Health takes no argument but `{AGAIN}`, which runs the checks again, and `{ECC}`, which asks for the "
                f"errors of GPUs' memory; it was {run.argument!r}",
            ),
            where="",
        )
    if run.argument == ECC:
        return gpu_errors(run)
    if isinstance(run.target, NodesController):
        return slurm_health(run, run.target, again=run.argument == AGAIN)
    found: list[CheckedNode] = []
    again: dict[str, Again] = {}
    steps = [SIGN_IN, FIND_STATE, *run.provisioner.find, Step("machines", find_machines)]
    if run.argument == AGAIN:
        steps.append(Step("health checks", lambda run: again.update(run_checks(run))))
    perform(run, [*steps, Step("health", lambda run: found.extend(look(run, again)))])
    return health_text(found) if found else ""


def find_machines(run: Run) -> None:
    """List the machines whose checks count."""
    run.result.nodes = _checked(run).checked_nodes(run.site)
    if not run.result.nodes:
        raise NotReady(f"there are no machines of cluster {run.target.cluster.name}", "Create makes them.")
    run.progress.conclude(f"{len(run.result.nodes)}")


def run_checks(run: Run) -> dict[str, Again]:
    """Have every machine run its checks now; returns how that ended, by the machines' names."""
    again = check_again(_checked(run).fleet(run.site), partial(_show, run))
    not_run = {name: each.why for name, each in again.items() if each.why}
    for name, why in not_run.items():
        run.console.say(f"  {name}: {why}")
    run.progress.conclude(f"run on {len(again) - len(not_run)} of {len(run.result.nodes)}")
    return again


def look(run: Run, again: dict[str, Again]) -> list[CheckedNode]:
    """Read the verdicts from the records; for machines in `again`, only where a record is of that run."""
    nodes = run.result.nodes
    found = in_full(run.store, nodes, verdicts(run.store, nodes))
    found = [again[each.name].confirm(each) if each.name in again else each for each in found]
    health = {each.name: each.verdict for each in found}
    run.result.nodes = [replace(n, health=health[n.name]) for n in nodes]
    run.result.health = document(found)
    run.result.checks.append(check_of(found))
    run.result.error = failure_of(found, _checked(run).mending(run.site))
    note_cluster(run)
    run.progress.conclude(counts(found))
    return found


def _show(run: Run, done: int, total: int) -> None:
    run.progress.update("machines checked", done, total)


def _checked(run: Run) -> CheckedTarget:
    target = run.target
    if not isinstance(target, CheckedTarget):
        what = f"CLOUD={target.cluster.cloud}, ORCHESTRATOR_TYPE={target.cluster.target}"
        raise SettingsError(
            (f"Health is not on {what} in this version: the nodes there don't check themselves",),
            "Status shows how the cluster is; docs/health.md says what Health looks at.",
            where="",
        )
    return target
