"""What a machine on Azure costs an hour, by the table alone: a Slurm cluster's machines go by it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure import prices

if TYPE_CHECKING:
    from decimal import Decimal

    from cluster_provision.settings import AzureSettings


def hourly(settings: AzureSettings, sku: str, *, spot: bool = False) -> Decimal | None:
    """Return the dollars an hour that a machine of this size costs at most; None where this version knows no price."""
    found = prices.price(sku, settings.location)
    if spot and settings.max_price is not None:
        return settings.max_price if found is None else min(found, settings.max_price)
    return found
