"""The machines of a Slurm cluster, as the root module's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.gcp.network_layouts import Layout, layout
from cluster_provision.settings.gcp.slurm_machines import (
    DATA_DISK,
    controller_machine,
    login_machine,
    node_machine,
    pool_settings,
)
from cluster_provision.targets.gcp.networks import network_variables
from cluster_provision.targets.gcp.provisioning import HOUR_SECONDS

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings
    from cluster_provision.settings.gcp.slurm_machines import SlurmMachine
    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.gcp.default_network import Additions

POLICIES = "google_compute_resource_policy"


def controller_variables(settings: GcpSettings) -> dict[str, Any]:
    """The controller, with the disk that outlives it."""
    return {
        "name": settings.controller_name,
        **_machine(settings, controller_machine(settings)),
        "data_disk_size_gb": settings.data_disk_gb,
        "data_disk_type": DATA_DISK,
    }


def login_variables(settings: GcpSettings) -> dict[str, dict[str, Any]]:
    """The login nodes by their names."""
    return {name: _machine(settings, login_machine(settings)) for name in settings.login_names}


def pool_variables(settings: GcpSettings, facts: StateFacts) -> dict[str, dict[str, Any]]:
    """The pools by their names. A placement policy that is in the state stays: Google deletes none that a machine was
    made with."""
    return {each.name: _pool(settings, each.name, facts) for each in settings.slurm_pools}


def slurm_network_variables(settings: GcpSettings, zone: str, additions: Additions) -> dict[str, Any]:
    """The networks that all pools' cards need."""
    found = network_variables(settings, zone, additions)
    layouts = [layout(pool_settings(settings, each)) or Layout() for each in settings.slurm_pools]
    return {**found, "extra_networks": max(each.extra_networks for each in layouts)}


def _pool(settings: GcpSettings, name: str, facts: StateFacts) -> dict[str, Any]:
    pool = next(each for each in settings.slurm_pools if each.name == name)
    machine, cards = node_machine(settings, pool), layout(pool_settings(settings, pool)) or Layout()
    rdma = layout(settings) or Layout()
    policies = {str(each.attributes.get("name")) for each in facts.of_kind(POLICIES)}
    return {
        **_machine(settings, machine),
        "accelerator_type": machine.accelerator,
        "accelerator_count": machine.gpus,
        "provisioning_model": machine.model,
        "max_run_duration": (settings.max_run_duration or 0) * HOUR_SECONDS if pool.first else 0,
        "reservation": machine.reservation,
        "placement": machine.placement,
        "keep_placement_policy": f"{settings.name_prefix}-{name}-placement" in policies,
        "extra_cards": cards.extra_networks,
        "rdma_cards": min(cards.rdma_nics, rdma.rdma_nics),
    }


def _machine(settings: GcpSettings, machine: SlurmMachine) -> dict[str, Any]:
    return {
        "machine_type": machine.machine_type,
        "image": settings.image,
        "disk_size_gb": machine.disk_gb,
        "disk_type": machine.disk_type,
    }
