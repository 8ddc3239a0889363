"""The table that Health prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.connection.text import aligned
from cluster_provision.health.faults import codes_in
from cluster_provision.health.records import PENDING
from cluster_provision.health.verdict import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.health.records import CheckedNode

HEADINGS = ("NODE", "HEALTH", "HOST", "FOUND")
LONGEST = 100
"""The most characters of a check's detail here; the JSON has all of it."""


def health_text(found: Sequence[CheckedNode]) -> str:
    """Return a row for each node, and the number of nodes of each kind."""
    rows = [(each.name, each.verdict or "not checked", each.health.host or "-", _found(each)) for each in found]
    return "\n".join([*aligned([HEADINGS, *rows]), "", counts(found)])


def _found(found: CheckedNode) -> str:
    told = [
        f"{check.name} {check.status}" + (f": {_short(check.detail)}" if check.detail else "")
        for check in found.health.checks
        if check.status not in ("passed", "skipped")
    ]
    return "; ".join(told) if told and found.verdict not in PENDING else "-"


def _short(text: str) -> str:
    """The beginning, and the fault codes that stand behind it: they say what to do."""
    if len(text) <= LONGEST:
        return text
    cut = f"{text[: LONGEST - 1]}…"
    codes = [code for code in codes_in(text) if code not in codes_in(cut)]
    return f"{cut} {', '.join(codes)}".rstrip()
