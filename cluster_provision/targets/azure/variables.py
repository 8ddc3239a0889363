"""The parts of the variables of terraform/azure/vmss that the settings decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import MarketplacePlan
    from cluster_provision.settings import AzureSettings


def scale_set_variables(settings: AzureSettings, public_key: str, plan: MarketplacePlan | None) -> dict[str, Any]:
    """The scale set: `public_key` may log in to its machines, `plan` is what their image is sold under."""
    s = settings
    return {
        "name": s.vmss_name,
        "mode": s.orch_mode,
        "single_placement_group": s.single_placement_group,
        "sku": s.sku,
        "instances": s.instance_count,
        "computer_name_prefix": s.vm_name_prefix,
        "admin": s.admin,
        "public_key": public_key,
        "zones": list(s.zones),
        "priority": "Spot" if s.provisioning_model == "spot" else "Regular",
        "max_price": float(s.max_price) if s.max_price is not None else None,
        "os_disk_gb": s.os_disk_size,
        "secure_boot": s.security_type == "trusted-launch",
        "vtpm": s.security_type == "trusted-launch",
        "image": image_variables(s),
        "plan": plan_variables(plan),
    }


def made_identity(settings: AzureSettings, prefix: str = "") -> str:
    """The resource id of the identity that terraform/modules/azure/identity makes, known before it is made; `prefix` is
    the one of its names, where that isn't the cluster's."""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    return f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{prefix or settings.name_prefix}-id"


def plan_variables(plan: MarketplacePlan | None) -> dict[str, str] | None:
    """What an image is sold under, as the modules take it."""
    return {"publisher": plan.publisher, "product": plan.product, "name": plan.name} if plan else None


def image_variables(settings: AzureSettings) -> dict[str, Any]:
    """The image, as the modules take it."""
    image = settings.image
    if image.id:
        return {"reference": None, "id": image.id}
    named = {"publisher": image.publisher, "offer": image.offer, "sku": image.sku, "version": image.version}
    return {"reference": named, "id": None}


def power_role(settings: AzureSettings, label: str) -> str:
    """The name of the role by which a Slurm controller powers nodes on and off (terraform/azure/slurm): one space for
    the whole directory, so that the cluster's label is in it."""
    return f"{settings.name_prefix} controller ({label})"
