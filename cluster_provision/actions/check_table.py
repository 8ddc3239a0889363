"""The checks as a table of plain lines: name, status, detail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cluster_provision.result import Check


def check_lines(checks: Sequence[Check]) -> Iterator[str]:
    """A line a check, the columns aligned; a detail of several lines keeps its column."""
    name_width = max((len(check.name) for check in checks), default=0)
    status_width = max((len(check.status) for check in checks), default=0)
    for check in checks:
        first, *others = check.detail.splitlines() or [""]
        yield f"  {check.name:<{name_width}}  {check.status:<{status_width}}  {first}".rstrip()
        for other in others:
            yield " " * (name_width + status_width + 6) + other.strip()


def check_counts(checks: Sequence[Check]) -> str:
    """How many of each status: "9 ok, 1 unknown"."""
    counts = Counter(check.status for check in checks)
    return ", ".join(
        f"{counts[status]} {status}" for status in ("ok", "failed", "unknown", "skipped") if counts[status]
    )
