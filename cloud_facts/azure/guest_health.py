"""The categories of Azure's Guest Health Reporting: guest_health.toml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def categories() -> Mapping[str, str]:
    """Return what each category means, by its whole name, in the order of Azure's page."""
    return dict(table("azure", "guest_health")["categories"])


def category_named(text: str) -> str:
    """Return the category that is meant, by its whole name or its last part, in any case; empty where there is none."""
    meant = text.casefold()
    return next((name for name in categories() if meant in (name.casefold(), short(name).casefold())), "")


def short(category: str) -> str:
    """Return a category's last part, which is enough to name it."""
    return category.rpartition(".")[2]
