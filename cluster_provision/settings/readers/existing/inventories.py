"""Reads the path of an Ansible inventory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from pathlib import Path

_USUAL = (
    "inventory",
    "hosts",
    "inventory.ini",
    "hosts.ini",
    "inventory.yml",
    "hosts.yml",
    "inventory.yaml",
    "hosts.yaml",
)


@dataclass(frozen=True)
class InventoryFile(GivenFile):
    """A file; of a folder that holds one by a usual name, the file is named."""

    what: str = "an Ansible inventory, INI or YAML"
    most: int = 4 * 1024 * 1024

    def read(self, text: str) -> Path:
        """Return the path. Raises BadValue."""
        from pathlib import Path

        folder = Path(text)
        try:
            there = [folder / name for name in _USUAL if (folder / name).is_file()]
        except (OSError, ValueError):
            there = []
        if there:
            raise BadValue(f"is a folder; name the file in it: {there[0]}")
        return super().read(text)
