"""What a cluster costs an hour, and how amounts are shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
CURRENCY = "USD"
"""Of both clouds' list prices in cloud_facts/."""

JSON_DIGITS = Decimal("0.0001")


def dollars(amount: Decimal) -> str:
    """`141.60`, with the cents rounded up."""
    return str(amount.quantize(CENT, rounding=ROUND_UP))


@dataclass(frozen=True)
class Price:
    """The price of an hour, and `of` what it is the sum, in words: "2 x n1-standard-8", "disks".

    `at_most`: it may be less, as spot machines are. What isn't priced, such as traffic, comes on top.
    """

    hourly: Decimal
    of: tuple[tuple[str, Decimal], ...]
    at_most: bool = False

    def text(self) -> str:
        """`1.54 USD an hour`."""
        return f"{'at most ' if self.at_most else ''}{dollars(self.hourly)} {CURRENCY} an hour"

    def to_json(self) -> dict[str, Any]:
        """Return the object with numbers, to four digits behind the point."""
        return {
            "hourly": _number(self.hourly),
            "currency": CURRENCY,
            "at_most": self.at_most,
            "of": [{"what": what, "hourly": _number(amount)} for what, amount in self.of],
        }


def _number(amount: Decimal) -> float:
    return float(amount.quantize(JSON_DIGITS))
