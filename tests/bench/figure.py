"""One measured figure and its limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`limit`, in the same unit as `measured`, is None for a figure that only explains another."""

    what: str
    measured: float
    unit: str
    limit: float | None = None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.measured > self.limit

    def row(self) -> str:
        digits = {"x": 2, "s": 2, "MB": 0, "": 1}[self.unit]
        limit = "" if self.limit is None else f"{self.limit:g} {self.unit}"
        verdict = "  over" if self.is_over else ""
        return f"{self.what:58} {f'{self.measured:.{digits}f} {self.unit}':>12} {limit:>8}{verdict}"
