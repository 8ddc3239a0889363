"""The way to machines that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings import load
from cluster_provision.targets.existing.reach import Reach

if TYPE_CHECKING:
    from pathlib import Path

INVENTORY = """[slurm-master]
head
[slurm-node]
n1
[all:vars]
ansible_ssh_private_key_file=id
ansible_ssh_common_args='-o ProxyJump=ops@gate'
"""


def test_a_jump_host_gets_the_key_of_the_inventory_where_the_settings_have_none(tmp_path: Path) -> None:
    (tmp_path / "inventory").write_text(INVENTORY)
    (tmp_path / "id").write_text("a key")
    environ = {"CLOUD": "existing", "NAME_PREFIX": "vega", "INVENTORY": str(tmp_path / "inventory")}
    settings: Any = load(environ, "Create").settings
    jump = Reach(settings).route.jump
    assert jump is not None and jump.key_file == tmp_path / "id"
