"""CLOUD=azure with ORCHESTRATOR_TYPE=ray: the same machines, with a Ray cluster on them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady
from cluster_provision.stage import Stage
from cluster_provision.targets.azure.variables import SAMPLES
from cluster_provision.targets.azure.vmss import AzureVmss
from cluster_provision.targets.ray import DASHBOARD_PORT, PORT, look_at_ray, wait_until_joined, write_head

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site

SAMPLE = f"{SAMPLES}/ray_all_nodes.py"


class AzureRay(AzureVmss):
    """The cluster that `settings` describe; Ray's head is the scale set's first machine."""

    ray_port = PORT

    def __init__(self, settings: AzureSettings) -> None:
        super().__init__(settings, "ray")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those of the machines; before these can be ready the nodes are told their head, and then Ray is asked for."""
        renewed, nodes, *rest = super().stages
        head = Stage("orchestrator", partial(tell_head, self))
        return (renewed, head, nodes, Stage("ray", partial(wait_until_joined, self)), *rest)

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """ssh for each node; Ray's head, its state, its dashboard through a tunnel, how a job is handed in."""
        found = super().connection(nodes)
        if not nodes:
            return found
        head = self.head(nodes)
        shell = str(found["ssh"][head.name])
        options = shell.removeprefix("ssh ")
        ray = {
            "head": head.name,
            "status": f"{shell} ray status",
            "dashboard_tunnel": f"ssh -N -L {DASHBOARD_PORT}:localhost:{DASHBOARD_PORT} {options}",
            "dashboard": f"http://localhost:{DASHBOARD_PORT}/",
            "submit": f"{shell} ray job submit -- python3 {SAMPLE}",
        }
        return {**found, "ray": ray}

    def head(self, nodes: list[Node]) -> Node:
        """The head among the nodes: they are in the order of the machines."""
        return nodes[0]

    def has_head(self, nodes: list[Node]) -> bool:
        """Whether there is a head among the nodes."""
        return bool(nodes)

    def status(self, site: Site) -> ProvisionError | None:
        """The machines, and one look at what they say of Ray."""
        return super().status(site) or look_at_ray(self, site)


def tell_head(target: AzureRay, site: Site) -> None:
    """Write down who is the head: the nodes wait for that. Terraform has waited for the machines."""
    machines = target.machines()
    if not machines:
        raise NotReady(f"scale set {target.settings.vmss_name} has no machines", "Run Create again, or Destroy.")
    write_head(site, machines[0].name, machines[0].address)
