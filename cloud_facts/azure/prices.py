"""Prices of Azure's machines: prices.toml."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping


BASTION = Decimal("0.29")
"""USD an hour of an Azure Bastion of the Standard tier with its two units, in the USA. No table with the prices of all
regions was found, so it is taken for those of all. https://azure.microsoft.com/pricing/details/azure-bastion, as public
copies of it have it (read 2026-12-01)."""


def price(size: str, location: str) -> Decimal | None:
    """Return the USD an hour of one machine on demand, or None where the table has no price; `size` in any case."""
    return _sizes().get(size.casefold(), {}).get(location)


def priced_sizes() -> tuple[str, ...]:
    """Return the sizes that have prices, as Azure writes them."""
    return tuple(name for name in table("azure", "prices") if name != "date")


def priced_locations(size: str) -> tuple[str, ...]:
    """Return the locations where this size has a price."""
    return tuple(_sizes()[size.casefold()])


def prices_date() -> str:
    """Return the day of the price list."""
    return str(table("azure", "prices")["date"])


@cache
def _sizes() -> Mapping[str, Mapping[str, Decimal]]:
    prices = table("azure", "prices")
    return {
        name.casefold(): {
            location: Decimal(price) for price, locations in prices[name].items() for location in locations
        }
        for name in priced_sizes()
    }
