"""What a cluster costs, kept beside its state for those who look at it later: List, and Destroy with CONFIRM=yes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from cluster_provision.price import Price

if TYPE_CHECKING:
    from cluster_provision.state.base import StateStore

NAME = "price.json"


def keep_price(store: StateStore, price: Price | None) -> None:
    """Write what this Create has found; what an earlier one has found goes where this one knows no price."""
    if price is None:
        store.remove(NAME)
    else:
        store.write(NAME, json.dumps({"schema": 1, **price.to_json()}) + "\n")


def kept_price(store: StateStore) -> Price | None:
    """The price at the last Create; None where none was known, or what is there can't be read."""
    try:
        told = json.loads(store.read(NAME) or "{}")
        parts = tuple((str(each["what"]), _amount(each["hourly"])) for each in told["of"])
        return Price(_amount(told["hourly"]), parts, at_most=bool(told["at_most"]))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None


def _amount(number: float) -> Decimal:
    return Decimal(str(number))
