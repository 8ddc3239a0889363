"""The variables of terraform/azure/vmss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cluster_provision.settings.azure.machine_types import size
from cluster_provision.targets.azure.custom_data import custom_data
from cluster_provision.targets.azure.head import HeadTarget, head_address
from cluster_provision.targets.azure.node_config import Fetched, NodeConfig

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import Plan
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.azure.account import Place
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.azure.keys import Pair
    from cluster_provision.targets.base import Copied

SAMPLES = "/opt/aiinfra-sample"


class RenderedTarget(HeadTarget, Protocol):
    """What the variables are made of."""

    ray_port: int | None
    plan: Plan | None

    @property
    def zone(self) -> str:
        """The location."""

    @property
    def tags(self) -> dict[str, str]:
        """What everything that takes tags carries."""

    @property
    def state_place(self) -> Place:
        """Where the state lies."""

    @property
    def state_account(self) -> str:
        """The resource id of the account that the state lies in; empty where it can't be seen."""

    def makes_group(self) -> bool:
        """Whether the resource group is the cluster's own."""

    def pair(self) -> Pair:
        """Who may log in."""


def variables(target: RenderedTarget, store: StateStore, copied: Copied) -> dict[str, Any]:
    """All of them. Raises SettingsError where what the machines are given is more than Azure takes."""
    s = target.settings
    return {
        "subscription_id": s.subscription_id,
        "location": target.zone,
        "name_prefix": s.name_prefix,
        "tags": target.tags,
        "resource_group": {"name": s.resource_group, "create": target.makes_group()},
        "access": {
            "public": s.access == "head",
            "allowed_cidrs": list(s.allowed_cidrs),
            "head": head_address(target),
        },
        "scale_set": _scale_set(target),
        "identity": {"id": s.node_identity},
        "state": {
            "account_id": target.state_account or None,
            "container": store.container,
            "deployment": store.deployment,
        },
        "custom_data": custom_data(node_config(target, store, copied), s.cloud_init_text),
    }


def node_config(target: RenderedTarget, store: StateStore, copied: Copied) -> NodeConfig:
    """What the machines' bootstrap is to do."""
    s = target.settings
    known = size(s.sku)
    return NodeConfig(
        account=target.state_place.account,
        container=store.container,
        deployment=store.deployment,
        admin=s.admin,
        identity=s.node_identity or _made_identity(s),
        sku=s.sku,
        gpus=known.gpus if known else None,
        nvme_disks=known.nvme_disks if known else 0,
        infiniband=s.infiniband,
        files=Fetched(copied.files, s.vm_localfile_dest_path) if copied.files else None,
        samples=Fetched(copied.samples, SAMPLES) if copied.samples else None,
        ray_port=target.ray_port,
        startup_command=s.startup_command,
        health_gate=s.health_gate,
    )


def _made_identity(settings: AzureSettings) -> str:
    """The resource id of the one that terraform/modules/azure/identity makes, which is known before it is made."""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    return f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{settings.name_prefix}-id"


def _scale_set(target: RenderedTarget) -> dict[str, Any]:
    s = target.settings
    plan = target.plan
    return {
        "name": s.vmss_name,
        "mode": s.orch_mode,
        "single_placement_group": s.single_placement_group,
        "sku": s.sku,
        "instances": s.instance_count,
        "computer_name_prefix": s.vm_name_prefix,
        "admin": s.admin,
        "public_key": target.pair().public,
        "zones": list(s.zones),
        "priority": "Spot" if s.provisioning_model == "spot" else "Regular",
        "max_price": float(s.max_price) if s.max_price is not None else None,
        "os_disk_gb": s.os_disk_size,
        "secure_boot": s.security_type == "trusted-launch",
        "vtpm": s.security_type == "trusted-launch",
        "image": _image(s),
        "plan": {"publisher": plan.publisher, "product": plan.product, "name": plan.name} if plan else None,
    }


def _image(settings: AzureSettings) -> dict[str, Any]:
    image = settings.image
    if image.id:
        return {"reference": None, "id": image.id}
    named = {"publisher": image.publisher, "offer": image.offer, "sku": image.sku, "version": image.version}
    return {"reference": named, "id": None}
