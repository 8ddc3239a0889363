"""What machines and a data disk on Azure cost, by the tables alone: a Slurm cluster's machines go by it too."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloud_facts.azure import prices
from cloud_facts.azure.disks import HOURS_A_MONTH, premium_ssd_monthly
from cluster_provision.checks.azure import surroundings

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings


def bastion_hourly(settings: AzureSettings) -> Decimal:
    """Return the dollars an hour that the cluster's Bastion costs; 0 where it has none."""
    return prices.BASTION if settings.access == "bastion" else Decimal(0)


def hourly(settings: AzureSettings, sku: str, *, spot: bool = False) -> Decimal | None:
    """Return the dollars an hour that a machine of this size costs at most; None where this version knows no price."""
    found = prices.price(sku, settings.location)
    if spot and settings.max_price is not None:
        return settings.max_price if found is None else min(found, settings.max_price)
    return found


def data_disk_hourly(settings: AzureSettings) -> Decimal | None:
    """Return the dollars an hour of a Slurm controller's data disk; None where this version knows no price."""
    monthly = premium_ssd_monthly(settings.data_disk_gb, settings.location)
    return None if monthly is None else monthly / HOURS_A_MONTH


def standing_hourly(settings: AzureSettings) -> float:
    """Return the dollars an hour of what stands whatever Slurm does: controller, its data disk, login nodes, Bastion,
    and what surrounds them.

    What isn't known of them counts as nothing: the check `price` says so before anything is made.
    """
    machines = [settings.controller_machine_type, *[settings.login_machine_type] * settings.login_count]
    known = [*(hourly(settings, each) for each in machines), data_disk_hourly(settings), bastion_hourly(settings)]
    known += surroundings.prices(settings).values()
    return round(float(sum((each for each in known if each is not None), Decimal(0))), 4)
