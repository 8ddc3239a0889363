"""A number with its noun."""

from __future__ import annotations


def number_of(count: int, noun: str) -> str:
    """Return `1 machine`, `4 machines`; `no machines` for none."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
