"""CLOUD=gcp with ORCHESTRATOR_TYPE=ray: the same machines, one of which, the head, is a group of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.readiness.group_problems import GroupProblems
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.ray import wait_for_head
from cluster_provision.stage import Stage
from cluster_provision.targets.gcp.vms import SAMPLES, GcpVms
from cluster_provision.targets.ray import DASHBOARD_PORT, PORT, look_at_ray, wait_until_joined, write_head

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied

SAMPLE = f"{SAMPLES}/ray_all_nodes.py"


class GcpRay(GcpVms):
    """The cluster that `settings` describe. Its groups are the head's, of one machine, and that of all others."""

    def __init__(self, settings: GcpSettings) -> None:
        super().__init__(settings, "ray")

    @property
    def head_group(self) -> str:
        """The name of the head's group."""
        return f"{self.settings.name_prefix}-head-mig"

    @property
    def groups(self) -> tuple[str, ...]:
        """The head's group, and that of all others, which is empty where the head is alone."""
        return (self.head_group, *super().groups)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those of the machines; before these can be ready the nodes are told their head, and then Ray is asked for."""
        renewed, nodes, *rest = super().stages
        head = Stage("orchestrator", partial(tell_head, self))
        return (renewed, head, nodes, Stage("ray", partial(wait_until_joined, self)), *rest)

    def variables(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/gcp/vms."""
        return {**super().variables(store, copied), "ray": True}

    def node_config(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The same for the head and the others: which one it is, each reads in HEAD_FILE."""
        return {**super().node_config(store, copied), "ray": {"port": PORT}}

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """ssh for each node; Ray's head, its state, its dashboard through a tunnel, how a job is handed in."""
        if not self.has_head(nodes):
            return super().connection(nodes)
        head = self.head(nodes)
        shell = self.ssh(head)
        ray = {
            "head": head.name,
            "status": f"{shell} --command='ray status'",
            "dashboard_tunnel": f"{shell} -- -N -L {DASHBOARD_PORT}:localhost:{DASHBOARD_PORT}",
            "dashboard": f"http://localhost:{DASHBOARD_PORT}/",
            "submit": f"{shell} --command='ray job submit -- python3 {SAMPLE}'",
        }
        return {**super().connection(nodes), "ray": ray}

    def head(self, nodes: list[Node]) -> Node:
        """The head among the nodes: its group names it so."""
        return next(node for node in nodes if self._is_head(node))

    def has_head(self, nodes: list[Node]) -> bool:
        """Whether there is a head among the nodes."""
        return any(self._is_head(node) for node in nodes)

    def _is_head(self, node: Node) -> bool:
        return node.name.startswith(f"{self.settings.name_prefix}-head-")

    def status(self, site: Site) -> ProvisionError | None:
        """The machines, and one look at what they say of Ray."""
        return super().status(site) or look_at_ray(self, site)


def tell_head(target: GcpRay, site: Site) -> None:
    """Write down who is the head, as soon as its group has given it a name: the nodes wait for that."""
    settings = target.settings
    head = wait_for_head(
        target.head_group,
        target.expected_nodes,
        target.machines,
        GroupProblems(target.group_errors, kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        site.progress.update,
    )
    address = internal_name(head, settings.project_id)
    write_head(site, head.name, address)


def internal_name(machine: Machine, project_id: str) -> str:
    """The machine's zonal DNS name, which it keeps when its group makes it anew, whatever its address then is.

    https://cloud.google.com/compute/docs/internal-dns (looked up November 2026): VM_NAME.ZONE.c.PROJECT_ID.internal;
    of a project in a domain, example.com:name, the last part reads name.example.com.
    """
    domain, _, name = project_id.rpartition(":")
    project = f"{name}.{domain}" if domain else name
    return f"{machine.name}.{machine.zone}.c.{project}.internal"
