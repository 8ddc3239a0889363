"""What a cluster has cost so far, as far as an hour's price and its age tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cluster_provision.price import dollars

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS_AN_HOUR = 3600


@dataclass(frozen=True)
class Cost:
    """Amounts in `currency`, rounded up to cents; `so_far` is empty where the cluster's age is unknown."""

    hourly: str
    so_far: str
    currency: str


def cost_so_far(price: Mapping[str, Any] | None, since: str, ended: str) -> Cost | None:
    """The cost from `since` to `ended`, RFC 3339, as if the whole cluster had run all that time; None without a
    price."""
    if price is None:
        return None
    hourly = Decimal(str(price["hourly"]))
    so_far = ""
    if since:
        age = datetime.fromisoformat(ended) - datetime.fromisoformat(since)
        seconds = max(0, round(age.total_seconds()))
        so_far = dollars(hourly * seconds / SECONDS_AN_HOUR)
    return Cost(dollars(hourly), so_far, price["currency"])
