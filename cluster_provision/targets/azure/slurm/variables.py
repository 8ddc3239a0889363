"""The variables of terraform/azure/slurm that the settings decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.azure.machine_types import has_infiniband
from cluster_provision.targets.azure.slurm.pools import computer_name_prefix, groups_of
from cluster_provision.targets.azure.variables import image_variables, plan_variables

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import MarketplacePlan
    from cluster_provision.settings import AzureSettings


def machines_variables(settings: AzureSettings, public_key: str, plan: MarketplacePlan | None) -> dict[str, Any]:
    """What all machines have in common: `public_key` may log in, `plan` is what their image is sold under."""
    trusted = settings.security_type == "trusted-launch"
    return {
        "admin": settings.admin,
        "public_key": public_key,
        "os_disk_gb": settings.os_disk_size,
        "secure_boot": trusted,
        "vtpm": trusted,
        "image": image_variables(settings),
        "plan": plan_variables(plan),
    }


def controller_variables(settings: AzureSettings) -> dict[str, Any]:
    """The controller, with its disk; both are in the first zone of the settings."""
    zone = settings.zones[0] if settings.zones else None
    return {"size": settings.controller_machine_type, "data_disk_gb": settings.data_disk_gb, "zone": zone}


def login_variables(settings: AzureSettings) -> dict[str, Any]:
    """The login nodes."""
    return {"count": settings.login_count, "size": settings.login_machine_type}


def scale_sets_variables(settings: AzureSettings) -> dict[str, Any]:
    """The scale sets of all pools, by name."""
    spot = settings.provisioning_model == "spot"
    return {
        group.name: {
            "pool": pool.name,
            "nodes": len(group.nodes),
            "sku": pool.machine_type,
            "computer_name_prefix": computer_name_prefix(group),
            "single_placement_group": has_infiniband(pool.machine_type),
            "zones": list(settings.zones),
            "priority": "Spot" if spot else "Regular",
            "max_price": float(settings.max_price) if spot and settings.max_price is not None else None,
        }
        for pool in settings.slurm_pools
        for group in groups_of(settings, pool)
    }
