"""The resource group that a cluster on Azure is in: made for it, or there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import NotReady
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateFacts

NAME = "resource group"
KIND = "azurerm_resource_group"


@dataclass(frozen=True)
class GroupFound:
    """`exists`: it is there now; `make`: it is the cluster's own, made and removed with it."""

    exists: bool
    make: bool
    finding: Finding


def look_at_group(settings: AzureSettings, cloud: Azure, label: str, facts: StateFacts) -> GroupFound:
    """One that carries the cluster's tag, or that the state holds, is the cluster's; another one is used, and stays."""
    name = settings.resource_group
    found = cloud.group(name)
    if found is None:
        return GroupFound(exists=False, make=True, finding=Finding((Check(NAME, "ok", f"{name} is made"),)))
    going = str((found.get("properties") or {}).get("provisioningState", "")).lower() == "deleting"
    if KIND in facts.kinds or (found.get("tags") or {}).get(CLUSTER_LABEL) == label:
        told = f"{name} is this cluster's" + (", and is being deleted: Create waits for that" if going else "")
        return GroupFound(exists=not going, make=True, finding=Finding((Check(NAME, "ok", told),)))
    if going:
        told = f"RESOURCE_GROUP={name} is being deleted"
        failure = NotReady(told, "Run the same command again once it is gone, or name another.")
        return GroupFound(exists=True, make=False, finding=Finding((Check(NAME, "failed", told),), (failure,)))
    note = f"resource group {name} is there already and was not made by this tool: it is used, and stays"
    found_there = Finding((Check(NAME, "ok", f"{name} is there, and stays"),), notes=(note,))
    return GroupFound(exists=True, make=False, finding=found_there)
