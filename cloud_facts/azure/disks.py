"""Prices of Azure's Premium SSDs: disks.toml."""

from __future__ import annotations

from decimal import Decimal

from cloud_facts.tables import table

HOURS_A_MONTH = 730
"""The hours that Azure counts a month as (azure.microsoft.com/pricing/details/managed-disks)."""


def premium_ssd_monthly(size_gb: int, location: str) -> Decimal | None:
    """Return the USD a month of a disk of this size in GiB; None where the table has no price."""
    sizes = {int(most): price for most, price in table("azure", "disks").get(location, {}).items()}
    billed = min((most for most in sizes if size_gb <= most), default=None)
    return None if billed is None else Decimal(sizes[billed])
