"""Reads the names of Azure's machine sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cloud_facts.azure.machine_types import known_sizes, size
from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.reading import BadValue, folded

# For sizes that the table has, any case works.
_SKU = "[Ss][Tt][Aa][Nn][Dd][Aa][Rr][Dd]_[A-Za-z]+[0-9]+[A-Za-z0-9-]*(_[A-Za-z0-9]+)*"


@dataclass(frozen=True)
class SizeName:
    """A size's name, such as Standard_ND96isr_H200_v5, in any case."""

    type_name: str = "machine size"
    allowed: str = (
        "a size's name, such as Standard_ND96isr_H200_v5 (`az vm list-skus --location <LOCATION> --subscription "
        "<SUBSCRIPTION_ID>`)"
    )
    spaces: str = "refused"

    def read(self, text: str) -> str:
        """Return the name in Azure's spelling, where the table has it."""
        known = size(text) if text.isascii() else None
        if known:
            return known.name
        whole = size(f"Standard_{text}")
        if whole:
            raise BadValue(f"lacks the beginning of the size's name: write {whole.name}")
        if not re.fullmatch(_SKU, text):
            near = nearest_size(text)
            raise BadValue(f"is not a machine size: {f'is {near} meant?' if near else f'give {self.allowed}'}")
        return text

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^{_SKU}$"}


def nearest_size(name: str) -> str:
    """A size with GPUs whose name is one or two letters from `name`, empty where there is none."""
    asked = folded(name)
    found = [(edits(asked, known), each.name) for known, each in known_sizes().items() if each.gpus]
    distance, best = min(found)
    return best if distance <= 2 else ""
