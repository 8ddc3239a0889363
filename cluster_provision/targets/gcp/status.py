"""How a cluster of virtual machines is now: one look at what Create waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.readiness.gcp.agents import agents_of
from cluster_provision.readiness.gcp.jupyter import look_at_notebooks
from cluster_provision.result import Check
from cluster_provision.targets.gcp.stages import show_notebooks
from cluster_provision.targets.nodes import look_at_age, look_at_nodes

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.stage import Site
    from cluster_provision.targets.gcp.stages import NotebooksTarget


def status(target: NotebooksTarget, site: Site) -> ProvisionError | None:
    """Fill in the nodes, how to connect, and a check for each thing looked at; what isn't as it should be."""
    machines = target.machines()
    failures = (look_at_nodes(target, site, machines), _notebooks(target, site, machines))
    if not target.settings.disable_ops_agent:
        site.result.checks.append(_agents(site))
    look_at_age(target, site, machines)
    return next((failure for failure in failures if failure), None)


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


def _notebooks(target: NotebooksTarget, site: Site, machines: list[Machine]) -> ProvisionError | None:
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
