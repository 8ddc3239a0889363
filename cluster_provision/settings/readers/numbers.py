"""Reads whole numbers within limits, and amounts of money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cluster_provision.settings.reading import BadValue

MOST_DIGITS = 9


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from `least` to `most`, both included, in ASCII digits."""

    least: int
    most: int
    type_name: str = "whole number"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return f"{self.least} to {self.most}"

    def read(self, text: str) -> int:
        """Return the number. A sign, a point, a unit or a separator is refused."""
        if not re.fullmatch("[0-9]+", text):
            if re.fullmatch("[+-][0-9]+", text):
                raise BadValue(f"must be a whole number from {self.allowed}, without a sign")
            raise BadValue(f"is not a whole number; allowed are {self.allowed}, in digits only")
        # int() itself refuses thousands of digits with another error.
        significant = text.lstrip("0") or "0"
        if len(significant) > MOST_DIGITS or not self.least <= int(significant) <= self.most:
            raise BadValue(f"is out of range; allowed are {self.allowed}")
        return int(significant)

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        """Environment values are text, so this tool's own keywords hold the range."""
        return {"pattern": "^\\s*[0-9]+\\s*$", "x-minimum": self.least, "x-maximum": self.most}


@dataclass(frozen=True)
class Money:
    """An amount in US dollars, up to a million, with at most `decimals` decimals."""

    decimals: int = 2
    type_name: str = "amount"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        if self.decimals == 2:
            return "0.01 to 1000000, with a point before the cents"
        return f"{self._least:f} to 1000000, with a point before up to {self.decimals} decimals"

    def read(self, text: str) -> Decimal:
        """Return the amount. A sign, a currency or a thousands separator is refused."""
        if not re.fullmatch(self._pattern, text):
            raise BadValue(f"is not an amount of US dollars; allowed are {self.allowed}, without $ and separators")
        amount = Decimal(text) if len(text) <= MOST_DIGITS + 1 + self.decimals else Decimal(0)
        if not self._least <= amount <= Decimal(1_000_000):
            raise BadValue(f"is out of range; allowed are {self.allowed}")
        return amount

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        """Its form; only the tool checks the limits."""
        return {"pattern": f"^\\s*{self._pattern}\\s*$"}

    @property
    def _least(self) -> Decimal:
        return Decimal(1).scaleb(-self.decimals)

    @property
    def _pattern(self) -> str:
        return f"[0-9]+([.][0-9]{{1,{self.decimals}}})?"
