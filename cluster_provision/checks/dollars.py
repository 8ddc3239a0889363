"""How amounts are shown, and how a price that is too high is refused."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from cluster_provision.errors import PriceError

CENT = Decimal("0.01")
WAYS_OUT = "Raise MAX_HOURLY_COST, make the cluster smaller, or go without this check: SKIP_CHECKS=price."


def dollars(amount: Decimal) -> str:
    """`141.60`, the cents rounded up."""
    return str(amount.quantize(CENT, rounding=ROUND_UP))


def refused(why: str, limit: Decimal) -> PriceError:
    """The error of a cluster that costs more than `limit` USD an hour, or may."""
    return PriceError(f"MAX_HOURLY_COST={limit}: {why}", WAYS_OUT)
