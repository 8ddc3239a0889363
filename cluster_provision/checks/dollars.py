"""Shows amounts in dollars, and refuses a price that is too high."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from cluster_provision.errors import PriceError

CENT = Decimal("0.01")
WAYS_OUT = "Raise MAX_HOURLY_COST, make the cluster smaller, or skip this check: SKIP_CHECKS=price."


def dollars(amount: Decimal) -> str:
    """`141.60`, with the cents rounded up."""
    return str(amount.quantize(CENT, rounding=ROUND_UP))


def refused(why: str, limit: Decimal) -> PriceError:
    """Return the error for a cluster that costs, or may cost, more than `limit` USD an hour."""
    return PriceError(f"MAX_HOURLY_COST={limit}: {why}", WAYS_OUT)
