"""Where nccl-tests is on a Slurm cluster's nodes, and what NCCL needs of the network of their GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.plan import network_variables, plan_for
from cluster_provision.orchestrators.slurm.all_reduce import Network, Program
from cluster_provision.settings.gcp.slurm_machines import node_machine
from cluster_provision.targets.gcp.nccl import nccl_machine

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings


def nccl_program(settings: GcpSettings) -> Program | None:
    """In the folder or in the image, of which the settings name one at most; None where they name neither.

    An image has to bring the plugin of its GPUs' network itself: the node's own isn't in its containers.
    """
    if settings.nccl_tests_image:
        return Program(image=settings.nccl_tests_image)
    return Program(folder=settings.nccl_tests, networks=_networks(settings)) if settings.nccl_tests else None


def _networks(settings: GcpSettings) -> dict[str, Network]:
    """By partition, those whose nodes have GPUs; a partition of others' nodes has those of none."""
    found = {}
    for pool in settings.slurm_pools:
        its = node_machine(settings, pool)
        if its.gpus:
            machine = nccl_machine(its.machine_type, its.accelerator, its.gpus)
            found[pool.name] = Network(network_variables(machine), plan_for(machine).plugin, machine.transport)
    return found
