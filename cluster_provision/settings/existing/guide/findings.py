"""Collects what is wrong with an inventory and what its user should know, one line a cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.settings.inventory import Place

MOST_NAMES = 12


@dataclass
class Findings:
    """Problems and notes by their texts, in the order in which they were first found."""

    problems: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def problem(self, place: Place | None, text: str, host: str = "") -> None:
        """Add a problem. That of several hosts, with one text and in one line, is one."""
        self.problems.setdefault((str(place or ""), text), []).extend([host] if host else [])

    def note(self, place: Place | None, text: str, host: str = "") -> None:
        """Add a note, likewise."""
        self.notes.setdefault((str(place or ""), text), []).extend([host] if host else [])

    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the problems and the notes, one line each."""
        return tuple(_lines(self.problems)), tuple(_lines(self.notes))


def names_of(names: Iterable[str], most: int = MOST_NAMES) -> str:
    """Return the names for a message; the rest of many is counted."""
    every = list(dict.fromkeys(names))
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[: most - 1])} and {len(every) - most + 1} more"


def _lines(found: dict[tuple[str, str], list[str]]) -> Iterable[str]:
    for (place, text), hosts in found.items():
        where = f"{place}: " if place else ""
        yield f"{where}{text}{f' ({names_of(hosts)})' if hosts else ''}"
