"""Where nccl-tests is on a Slurm cluster's nodes, and what NCCL needs of the network between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure.machine_types import size
from cluster_provision.fleet.nccl.plan import network_variables
from cluster_provision.orchestrators.slurm.all_reduce import Network, Program
from cluster_provision.targets.azure.nccl import nccl_machine

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings


def nccl_program(settings: AzureSettings) -> Program | None:
    """In the folder or in the image, of which the settings name one at most; None where they name neither."""
    if not (settings.nccl_tests or settings.nccl_tests_image):
        return None
    networks = {}
    for pool in settings.slurm_pools:
        known = size(pool.machine_type)
        if known is not None and known.gpus:
            networks[pool.name] = Network(network_variables(nccl_machine(pool.machine_type)))
    return Program(settings.nccl_tests, settings.nccl_tests_image, networks)
