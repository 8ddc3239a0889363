"""What the container job of the proof runs in."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, File, Folder
from cluster_provision.slurm.proof_container import UID, bundle, image

if TYPE_CHECKING:
    from pathlib import Path

HERE = "/usr/local/lib/cluster-provision/slurm/proof-container"


def test_every_mount_of_the_bundle_and_of_slurm_has_its_folder() -> None:
    made = {each.path for each in bundle("node1") if isinstance(each, Folder)}
    (config,) = [json.loads(each.content) for each in bundle("node1") if getattr(each, "path", "").endswith(".json")]
    assert {f"{HERE}/rootfs{mount['destination']}" for mount in config["mounts"]} <= made
    assert f"{HERE}/rootfs/var/run/slurm" in made


def test_its_root_belongs_to_nobody_but_the_user_whose_job_it_is() -> None:
    (config,) = [json.loads(each.content) for each in bundle("node1") if getattr(each, "path", "").endswith(".json")]
    assert config["linux"]["uidMappings"] == [{"containerID": 0, "hostID": UID, "size": 1}]
    assert UID < 1000  # the epilog ends whatever else a user of 1000 and above has running


def test_a_file_in_it_names_the_node() -> None:
    (file,) = [each for each in bundle("node1") if isinstance(each, File) and not each.path.endswith(".json")]
    assert (file.path, file.content) == (f"{HERE}/rootfs/cluster-provision-proof", "contained node1\n")


def test_the_machines_programs_run_in_it_and_go_again(tmp_path: Path) -> None:
    (copy,) = [each for each in bundle("node1") if isinstance(each, Command)]
    subprocess.run([*copy.argv[:-1], str(tmp_path)], check=True)
    assert os.access(tmp_path / "bin" / "cat", os.X_OK)
    assert [each for each in (tmp_path / "lib").rglob("libc.so*") if each.is_file()]
    subprocess.run([*copy.undo[:-1], str(tmp_path)], check=True)
    assert list(tmp_path.iterdir()) == []


def test_the_image_is_made_of_the_bundles_root_and_anew_when_its_file_changes() -> None:
    (command,) = image()
    assert isinstance(command, Command)
    assert command.argv[-2:] == (f"{HERE}/rootfs", f"{HERE}.sqsh")
    assert command.reads == (f"{HERE}/rootfs/cluster-provision-proof",)
