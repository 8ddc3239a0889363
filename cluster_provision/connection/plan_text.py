"""The text of Plan: how much would change, what, and what the cluster would cost then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.connection.text import aligned
from cluster_provision.result import Changes

if TYPE_CHECKING:
    from cluster_provision.result import PlannedChange, Result

MARKS = {"create": "+", "change": "~", "replace": "-/+", "destroy": "-"}
"""As Terraform's own plans have them."""

OF_PROVIDERS = ("google_compute_", "google_", "azurerm_")


def plan_text(result: Result) -> str:
    """The numbers, a line for each change, and the price where it is known."""
    lines = [(result.changes or Changes()).text()]
    lines += [f"  {line}" for line in aligned([_row(each) for each in result.plan])] if result.plan else []
    if result.price is not None:
        lines.append(f"The whole cluster costs {result.price.text()}.")
    return "\n".join(lines)


def in_words(kind: str) -> str:
    """`instance template` for google_compute_instance_template."""
    prefix = next((each for each in OF_PROVIDERS if kind.startswith(each)), "")
    return kind.removeprefix(prefix).replace("_", " ")


def _row(each: PlannedChange) -> tuple[str, str, str]:
    return MARKS[each.action], in_words(each.kind), each.name
