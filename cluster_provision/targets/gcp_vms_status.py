"""How a cluster of virtual machines is now: one look at what Create waits for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cluster_provision.clouds.google_problems import kind_of
from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.readiness.agents import agents_of
from cluster_provision.readiness.group_problems import Problem, problems_of, unfilled
from cluster_provision.readiness.jupyter import look_at_notebooks
from cluster_provision.readiness.nodes import setup_failure
from cluster_provision.readiness.standing import Standing, Wanted, standing
from cluster_provision.result import Check
from cluster_provision.targets.gcp_vms_stages import show_notebooks

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.targets.gcp_vms import GcpVms
    from cluster_provision.targets.stage import Site

RECENT = timedelta(hours=1)
"""How old an error of the group may be that still tells why a machine isn't there: groups try again before that."""


def status(target: GcpVms, site: Site) -> ProvisionError | None:
    """Fill in the nodes, how to connect, and a check for each thing looked at; what isn't as it should be."""
    machines = target.machines()
    now = standing(machines, site.store.node_summaries())
    wanted = Wanted(target.expected_nodes)
    site.result.nodes = list(now.nodes)
    site.result.connection = target.connection(site.result.nodes)
    failures = (
        _nodes(target, site, now, problems_of(machines, wanted.count, target.group_errors(RECENT), kind_of)),
        _notebooks(target, site, machines),
    )
    outdated = ", ".join(m.name for m in target.outdated(machines))
    if not target.settings.disable_ops_agent:
        site.result.checks.append(_agents(site))
    site.result.checks.append(Check("machines up to date", "failed" if outdated else "ok", outdated))
    return next((failure for failure in failures if failure), None)


def _nodes(target: GcpVms, site: Site, now: Standing, problems: list[Problem]) -> ProvisionError | None:
    wanted = Wanted(target.expected_nodes)
    told = f"{len(now.ready(wanted))} of {wanted.count} ready"
    if now.failed():
        failure: ProvisionError = setup_failure(now.failed(), site.store)
    elif now.complete(wanted):
        site.result.checks.append(Check("nodes", "ok", told))
        return None
    else:
        advice = "Create run again waits for them; docs/node-status.md says where a node's logs lie."
        failure = error_of(unfilled(problems), f"{told}: {now.text(wanted, problems)}", advice)
    site.result.checks.append(Check("nodes", "failed", told))
    return failure


def _agents(site: Site) -> Check:
    """The ops agent is optional, so that it is missing is told and no failure."""
    told = agents_of(site.store, site.result.nodes)
    without = sorted(name for name, status in told.items() if status == "failed")
    if without:
        return Check("ops agent on the nodes", "failed", ", ".join(without))
    done = [name for name, status in told.items() if status in ("ok", "skipped")]
    complete = done and len(done) == len(site.result.nodes)
    row = f"set up, or left to the image, on {len(done)} of {len(site.result.nodes)}"
    return Check("ops agent on the nodes", "ok" if complete else "unknown", row)


def _notebooks(target: GcpVms, site: Site, machines: list[Machine]) -> ProvisionError | None:
    if not (target.settings.show_proxy_url and target.settings.enable_notebook):
        return None
    ready = [n for n in site.result.nodes if n.status == "ready"]
    found, silent = look_at_notebooks(ready, machines, site.store)
    show_notebooks(target, site, found)
    if not silent:
        site.result.checks.append(Check("notebooks", "ok", f"{len(ready) - len(found.without)} answer"))
        return None
    told = "\n".join(f"    {name}: {why}" for name, why in sorted(silent.items()))
    site.result.checks.append(Check("notebooks", "failed", ", ".join(sorted(silent))))
    return NotReady(f"these notebooks don't answer:\n{told}", "Create run again waits for them.")
