"""The stages of virtual machines: nodes ready, their health, notebooks answering, and nothing that failed since."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.readiness.gcp.agents import agents_of
from cluster_provision.readiness.gcp.jupyter import look_at_notebooks, wait_for_notebooks
from cluster_provision.readiness.node_states import some_of
from cluster_provision.result import Check
from cluster_provision.stage import Stage
from cluster_provision.targets.nodes import NodesTarget, look_at_age, look_once_more, node_stages

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node
    from cluster_provision.orchestrators.base import Orchestrator
    from cluster_provision.readiness.gcp.jupyter import Notebooks
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site

AGENT = "ops agent on the nodes"


class NotebooksTarget(NodesTarget, Protocol):
    """A target whose nodes have notebooks."""

    @property
    def settings(self) -> GcpSettings:
        """The run's settings."""

    def machines(self) -> list[Machine]:
        """Lists the machines."""

    def tunnel(self, node: Node) -> str:
        """The command that leads to a node's notebook."""


def stages(target: NotebooksTarget, orchestrator: Orchestrator, health: Stage) -> tuple[Stage, ...]:
    """The stages, in their order."""
    return (
        *node_stages(target, orchestrator),
        health,
        Stage("notebooks", partial(wait_for_all_notebooks, target), partial(look_at_all_notebooks, target)),
        Stage("last look", partial(last_look, target), partial(look_at_machines, target), folded=True),
    )


def wait_for_all_notebooks(target: NotebooksTarget, site: Site) -> None:
    """Wait for the notebooks, unless the user does without."""
    if not _wanted(target):
        site.progress.conclude("not asked for")
        return
    limit = target.settings.jupyter_timeout * 60
    found = wait_for_notebooks(site.result.nodes, target.machines, site.store, limit, site.progress.update)
    _show(target, site, found)
    proven = len(found.nodes) - len(found.without)
    site.progress.conclude(f"{proven} answer" + (f", {len(found.without)} nodes have none" if found.without else ""))


def look_at_all_notebooks(target: NotebooksTarget, site: Site) -> ProvisionError | None:
    """Ask each notebook once."""
    if not _wanted(target):
        return None
    ready = [n for n in site.result.nodes if n.status == "ready"]
    found, silent = look_at_notebooks(ready, site.machines, site.store)
    _show(target, site, found)
    if not silent:
        site.result.checks.append(Check("notebooks", "ok", f"{len(ready) - len(found.without)} answer"))
        return None
    lines = "\n".join(f"    {name}: {why}" for name, why in sorted(silent.items()))
    site.result.checks.append(Check("notebooks", "failed", ", ".join(sorted(silent))))
    return NotReady(f"these notebooks don't answer:\n{lines}", "Create run again waits for them.")


def last_look(target: NotebooksTarget, site: Site) -> None:
    """Look for what failed since, what is missing, and what runs with earlier settings."""
    look_once_more(target, site)
    _note_missing_agents(site)


def look_at_machines(target: NotebooksTarget, site: Site) -> None:
    """Add checks of the ops agent, and of whether the machines are what the settings say."""
    if not target.settings.disable_ops_agent:
        site.result.checks.append(_agents(site))
    look_at_age(target, site)


def _wanted(target: NotebooksTarget) -> bool:
    return target.settings.show_proxy_url and target.settings.enable_notebook


def _show(target: NotebooksTarget, site: Site, found: Notebooks) -> None:
    """Put the notebooks' addresses, and the tunnels that lead to them, into the result."""
    shown = {n.name: n for n in found.nodes}
    site.result.nodes = [shown.get(n.name, n) for n in site.result.nodes]
    tunnels = {n.name: target.tunnel(n) for n in found.nodes if n.name in found.tunnelled}
    site.result.connection = replace(site.result.connection, jupyter_tunnel=tunnels)


def _note_missing_agents(site: Site) -> None:
    """The ops agent is optional: a missing one is a note and no failure."""
    states = agents_of(site.store, site.result.nodes)
    names = [name for name, status in states.items() if status == "failed"]
    if names:
        some = some_of(names)
        site.say(f"Note: the ops agent could not be set up on {some}; what it collects is missing (docs/agents.md)")
        site.result.checks.append(Check(AGENT, "failed", some))


def _agents(site: Site) -> Check:
    """The ops agent is optional: a missing one fails its check and nothing else."""
    states = agents_of(site.store, site.result.nodes)
    without = sorted(name for name, status in states.items() if status == "failed")
    if without:
        return Check(AGENT, "failed", ", ".join(without))
    done = [name for name, status in states.items() if status in ("ok", "skipped")]
    complete = done and len(done) == len(site.result.nodes)
    row = f"set up, or left to the image, on {len(done)} of {len(site.result.nodes)}"
    return Check(AGENT, "ok" if complete else "unknown", row)
