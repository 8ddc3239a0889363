"""Settings while they are being checked: what could be read is in them, and what couldn't is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from cluster_provision.settings.gcp import GcpSettings


@dataclass(frozen=True)
class Draft:
    """`settings` holds defaults where a value is unset or bad; the sets hold field names.

    `given` are the fields that are set, well or badly; `bad` those whose value can't be used, missing
    mandatory ones among them.
    """

    settings: GcpSettings
    given: frozenset[str]
    bad: frozenset[str]
    orchestrator: str

    def good(self, *fields: str) -> bool:
        """Whether all of `fields` hold a value that can be reasoned about."""
        return not self.bad.intersection(fields)


@dataclass(frozen=True)
class Finding:
    """What a rule across fields found; `settings` where it fills something in."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    settings: GcpSettings | None = None


if TYPE_CHECKING:
    Rule: TypeAlias = Callable[[Draft], Finding]
