"""Refuses a price that is too high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import PriceError

if TYPE_CHECKING:
    from decimal import Decimal

WAYS_OUT = "Raise MAX_HOURLY_COST, make the cluster smaller, or skip this check: SKIP_CHECKS=price."


def refused(why: str, limit: Decimal) -> PriceError:
    """Return the error for a cluster that costs, or may cost, more than `limit` USD an hour."""
    return PriceError(f"MAX_HOURLY_COST={limit}: {why}", WAYS_OUT)
