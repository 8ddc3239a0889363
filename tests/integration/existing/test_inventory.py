"""The guide's own Ansible inventory, mounted and otherwise unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

INVENTORIES = Path(__file__).parents[2] / "unit/settings/existing/inventories"
INSTEAD = {"NODES": "", "CONTROLLER": ""}


def test_the_guides_inventory_makes_the_guides_cluster(existing: ExistingTool) -> None:
    (existing.folder / "group_vars").mkdir()
    shutil.copy(INVENTORIES / "guide", existing.folder / "inventory")
    shutil.copy(INVENTORIES / "guide_nfs", existing.folder / "group_vars" / "all.yml")
    settings = {**INSTEAD, "INVENTORY": str(existing.folder / "inventory")}
    planned = existing.result("Plan", **settings)
    assert planned["changes"]["add"] > 400
    before = existing.snapshot()
    created = existing.result("Create", **settings)
    assert [n["name"] for n in created["nodes"]] == ["ctl-ams", *(f"gx{number:02}" for number in range(1, 11))]
    assert created["connection"]["ssh"]["ctl-ams"].endswith("opsadmin@10.44.0.10")
    assert "ctl-ams:/export/projects /mnt/projects nfs async,vers=3" in existing.file("gx10", "/etc/fstab").read_text()
    assert existing.no_changes(**settings)
    existing.nothing_is_left_after_destroy(**settings, DELETE_DATA="yes")
    assert existing.snapshot() == before


def test_an_inventory_beside_nodes_is_refused(existing: ExistingTool) -> None:
    refused = existing.run("Create", INVENTORY=str(INVENTORIES / "guide"))
    assert refused.returncode == 2 and "INVENTORY" in refused.stderr and "NODES" in refused.stderr
