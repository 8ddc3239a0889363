"""Writes inventories and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from cluster_provision.settings.inventory import read_inventory

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.settings.inventory import Inventory


class Read(Protocol):
    """Read a text as an inventory of this name, with other files beside it."""

    def __call__(self, text: str, name: str = "inventory", /, **beside: str) -> Inventory: ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(text: str, name: str = "inventory", /, **beside: str) -> Inventory:
        (tmp_path / name).write_text(text)
        for path, content in beside.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return read_inventory(tmp_path / name)

    return run


def told(inventory: Inventory) -> list[str]:
    """The problems, one line each."""
    return [str(each) for each in inventory.problems]


def variables(inventory: Inventory, host: str) -> dict[str, object]:
    """A host's variables and their values."""
    return {name: each.value for name, each in inventory.hosts[host].variables.items()}
