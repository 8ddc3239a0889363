"""Whether the cluster that there is can become what the settings ask for, and where its state lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.targets.azure.slurm.data_disk import DISK
from cluster_provision.targets.azure.slurm.netapp import POOL

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.machines import ScaleSet
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import HeldInstance, StateFacts

NAME = "machines"


def look_at_place(
    settings: AzureSettings,
    found: ScaleSet | None,
    facts: StateFacts,
    state_account: str,
    unlisted: ProvisionError | None = None,
    earlier: tuple[HeldInstance, ...] = (),
) -> Finding:
    """The machines need roles on the state's account; what there is keeps its homes.

    `found` is the first scale set that there is, `earlier` the data disk of an earlier cluster. `state_account` is the
    resource id of the account that the machines report to, empty where it can't be seen; `unlisted` is the refusal of
    that look.
    """
    if unlisted is not None:
        told = f"the machines need a role on the state's account, and it could not be looked up: {unlisted.message}"
        return Finding((Check(NAME, "unknown", told),), (unlisted,))
    problems = []
    if not state_account:
        problems.append(
            f"TERRAFORM_BLOB_PATH: subscription {settings.subscription_id} has no storage account of that name, or you "
            "can't see it; the machines need roles on it. Name one of this subscription, or leave it out"
        )
    problems += [line for held in (*facts.of_kind(DISK), *earlier) if (line := _loss(settings, held))]
    problems += [line for held in facts.of_kind(POOL) if (line := _smaller(settings, held))]
    if problems:
        return Finding((Check(NAME, "failed", problems[0]),), tuple(SettingsError((each,)) for each in problems))
    names = ", ".join((settings.controller_name, *settings.login_names))
    told = f"{names} {'are made' if found is None else 'and their scale sets'}"
    return Finding((Check(NAME, "ok", told),), notes=tuple(_taken(each) for each in earlier))


def _taken(held: HeldInstance) -> str:
    name, size = held.attributes.get("name"), held.attributes.get("disk_size_gb")
    return f"disk {name} of {size} GB, which an earlier cluster left, is taken again with homes and accounting on it"


def _smaller(settings: AzureSettings, held: HeldInstance) -> str:
    """A pool that should become smaller than its volume, which Azure refuses; empty for none."""
    there, wanted = int(held.attributes.get("size_in_tb") or 0), settings.shared_storage.tib
    if not wanted or there <= wanted:
        return ""
    return (
        f"SHARED_STORAGE={settings.shared_storage.text}: the volume of homes has {there} TiB, and this tool makes none "
        f"smaller; set anf:{there} or more"
    )


def _loss(settings: AzureSettings, held: HeldInstance) -> str:
    """How Create would replace the controller's data disk with an empty one, or fail to make it smaller; empty for not.

    azurerm 5.2.0 makes a disk of another zone, region or group anew, and refuses a smaller size.
    """
    told = held.attributes
    zone = settings.zones[0] if settings.zones else ""
    changes = [
        f"{what} {before or 'none'} becomes {after or 'none'}"
        for what, before, after in (
            ("zone (the first of ZONES)", str(told.get("zone") or ""), zone),
            ("region (LOCATION)", str(told.get("location") or ""), settings.location),
            ("resource group (RESOURCE_GROUP)", str(told.get("resource_group_name") or ""), settings.resource_group),
        )
        if before.casefold() != after.casefold()
    ]
    size = int(told.get("disk_size_gb") or 0)
    if size > settings.data_disk_gb:
        changes.append(f"size of {size} GB becomes {settings.data_disk_gb} (DATA_DISK_GB), and no disk shrinks")
    if not changes:
        return ""
    return (
        f"disk {told.get('name')}, which has {settings.data_disk_holds}, can't stay: its {', its '.join(changes)}; "
        "undo that change, or save what you need, run Destroy with the former settings, and then Create"
    )
