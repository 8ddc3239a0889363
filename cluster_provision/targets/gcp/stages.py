"""What Create waits for on virtual machines: each node's own word, each notebook, and nothing that failed since."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.readiness.gcp.agents import agents_of
from cluster_provision.readiness.gcp.jupyter import wait_for_notebooks
from cluster_provision.readiness.node_states import some_of
from cluster_provision.result import Check
from cluster_provision.stage import Stage
from cluster_provision.targets.nodes import NodesTarget, look_once_more, renew_failed_nodes, wait_until_started

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node
    from cluster_provision.readiness.gcp.jupyter import Notebooks
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site


class NotebooksTarget(NodesTarget, Protocol):
    """A target whose nodes have notebooks."""

    @property
    def settings(self) -> GcpSettings:
        """The settings."""

    def machines(self) -> list[Machine]:
        """The machines that there are."""

    def tunnel(self, node: Node) -> str:
        """The command that leads to a node's notebook."""


def stages(target: NotebooksTarget) -> tuple[Stage, ...]:
    """The stages, in their order."""
    return (
        Stage("failed nodes", partial(renew_failed_nodes, target)),
        Stage("nodes", partial(wait_until_started, target)),
        Stage("notebooks", partial(wait_until_notebooks_answer, target)),
        Stage("last look", partial(last_look, target)),
    )


def wait_until_notebooks_answer(target: NotebooksTarget, site: Site) -> None:
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


def show_notebooks(target: NotebooksTarget, site: Site, found: Notebooks) -> None:
    """Put the notebooks' addresses, and the tunnels that lead to them, into the result."""
    shown = {n.name: n for n in found.nodes}
    site.result.nodes = [shown.get(n.name, n) for n in site.result.nodes]
    if found.tunnelled:
        tunnels = {n.name: target.tunnel(n) for n in found.nodes if n.name in found.tunnelled}
        site.result.connection["jupyter_tunnel"] = tunnels


def last_look(target: NotebooksTarget, site: Site) -> None:
    """What failed since, what is missing, and what runs with earlier settings."""
    look_once_more(target, site)
    tell_missing_agents(site)


def tell_missing_agents(site: Site) -> None:
    """The ops agent is optional; that it is missing is one line, and no failure."""
    told = agents_of(site.store, site.result.nodes)
    names = [name for name, status in told.items() if status == "failed"]
    if names:
        some = some_of(names)
        site.say(f"Note: the ops agent could not be set up on {some}; what it collects is missing (docs/agents.md)")
        site.result.checks.append(Check("ops agent on the nodes", "failed", some))
