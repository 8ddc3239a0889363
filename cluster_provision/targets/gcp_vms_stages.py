"""What Create waits for on virtual machines: each node's own word, each notebook, and nothing that failed since."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.google_problems import kind_of
from cluster_provision.readiness.agents import agents_of
from cluster_provision.readiness.group_problems import GroupProblems
from cluster_provision.readiness.jupyter import wait_for_notebooks
from cluster_provision.readiness.nodes import require_none_failed, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.standing import SHOWN, Wanted
from cluster_provision.result import Check
from cluster_provision.targets.stage import Stage

if TYPE_CHECKING:
    from cluster_provision.readiness.jupyter import Notebooks
    from cluster_provision.targets.gcp_vms import GcpVms
    from cluster_provision.targets.stage import Site


def stages(target: GcpVms) -> tuple[Stage, ...]:
    """The stages, in their order."""
    return (
        Stage("failed nodes", partial(renew_failed_nodes, target)),
        Stage("nodes", partial(wait_until_started, target)),
        Stage("notebooks", partial(wait_until_notebooks_answer, target)),
        Stage("last look", partial(look_once_more, target)),
    )


def renew_failed_nodes(target: GcpVms, site: Site) -> None:
    """Have the machines that failed in an earlier run made anew: this one is to correct what failed them."""
    records = site.store.node_summaries()
    failed = {s.name: s.instance_id for s in records if s.status == "failed"}
    machines = [m for m in target.machines() if failed.get(m.name) == m.instance_id] if failed else []
    if not (site.facts.resources and machines):
        site.progress.conclude("none from an earlier run")
    else:
        site.store.forget_nodes({s.name for s in records} - {m.name for m in machines})
        target.renew(machines)
        site.progress.conclude(f"{', '.join(m.name for m in machines)} made anew")


def wait_until_started(target: GcpVms, site: Site) -> None:
    """Wait for the nodes' own word."""
    settings = target.settings
    nodes = wait_for_nodes(
        Wanted(target.expected_nodes, command_ended=settings.wait_for_startup_command),
        target.machines,
        site.store,
        GroupProblems(target.group_errors, kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        site.progress.update,
    )
    site.result.nodes = nodes
    site.result.connection = target.connection(nodes)
    site.store.forget_nodes({n.name for n in nodes})
    site.progress.conclude(f"{len(nodes)} ready")


def wait_until_notebooks_answer(target: GcpVms, site: Site) -> None:
    """Wait for the notebooks, unless the user does without."""
    settings = target.settings
    if not (settings.show_proxy_url and settings.enable_notebook):
        site.progress.conclude("not asked for")
        return
    found = wait_for_notebooks(
        site.result.nodes, target.machines, site.store, settings.jupyter_timeout * 60, site.progress.update
    )
    show_notebooks(target, site, found)
    proven = len(found.nodes) - len(found.without)
    site.progress.conclude(f"{proven} answer" + (f", {len(found.without)} nodes have none" if found.without else ""))


def show_notebooks(target: GcpVms, site: Site, found: Notebooks) -> None:
    """Put the notebooks' addresses, and the tunnels that lead to them, into the result."""
    shown = {n.name: n for n in found.nodes}
    site.result.nodes = [shown.get(n.name, n) for n in site.result.nodes]
    if found.tunnelled:
        tunnels = {n.name: target.tunnel(n) for n in found.nodes if n.name in found.tunnelled}
        site.result.connection["jupyter_tunnel"] = tunnels


def look_once_more(target: GcpVms, site: Site) -> None:
    """A command that failed since, and machines that still run with earlier settings, are not kept quiet."""
    require_none_failed(site.store, site.result.nodes)
    tell_missing_agents(site)
    outdated = target.outdated(target.machines())
    if outdated:
        names = ", ".join(m.name for m in outdated)
        site.say(
            f"Note: these machines were made before the settings changed, and go on as they are: {names}\n"
            f"  To have them made anew: {target.renewal(outdated)}"
        )
        site.result.checks.append(Check("machines up to date", "failed", names))


def tell_missing_agents(site: Site) -> None:
    """The ops agent is optional; that it is missing is one line, and no failure."""
    told = agents_of(site.store, site.result.nodes)
    names = [name for name, status in told.items() if status == "failed"]
    if names:
        some = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        site.say(f"Note: the ops agent could not be set up on {some}; what it collects is missing (docs/agents.md)")
        site.result.checks.append(Check("ops agent on the nodes", "failed", some))
