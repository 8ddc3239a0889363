"""What an image has in homes gets onto the share before that hides it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command
from cluster_provision.slurm.shares import shares_on
from tests.unit.slurm.roles.plans import each, plan

if TYPE_CHECKING:
    from pathlib import Path


def taken_over(tmp_path: Path) -> Path:
    """The share's folder of homes, after a machine has taken its own over."""
    made = plan("lyra01", shares=shares_on("filer", "/vol"), nfs_clients=("lyra01",))
    (command,) = [found for found in each(made, Command) if found.name.startswith("what /home holds")]
    homes, share = tmp_path / "home", tmp_path / "share"
    share.mkdir(exist_ok=True)
    subprocess.run([*command.argv[:-2], str(homes), str(share)], check=True)
    return share


def with_key(home: Path, key: str) -> Path:
    keys = home / ".ssh/authorized_keys"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text(f"{key}\n")
    return keys


def test_a_home_that_the_share_lacks_is_copied(tmp_path: Path) -> None:
    with_key(tmp_path / "home/ubuntu", "ssh-ed25519 new")
    share = taken_over(tmp_path)
    assert (share / "ubuntu/.ssh/authorized_keys").read_text() == "ssh-ed25519 new\n"
    assert [each.name for each in share.iterdir()] == ["ubuntu"]


def test_a_home_of_an_earlier_cluster_stays_and_gets_the_new_key_once(tmp_path: Path) -> None:
    with_key(tmp_path / "home/ubuntu", "ssh-ed25519 new")
    kept = with_key(tmp_path / "share/ubuntu", "ssh-ed25519 old")
    for _ in range(2):
        taken_over(tmp_path)
    assert kept.read_text() == "ssh-ed25519 old\nssh-ed25519 new\n"
