"""Slurm on Google Cloud: its machine types, image and shares, and what has no effect there."""

from __future__ import annotations

import pytest

from cluster_provision.settings import FileShare
from cluster_provision.settings.gcp.images import SLURM_FAMILY, current_families
from tests.unit.settings.slurm.clouds import loaded, problems, settings


def test_the_default_image_has_a_slurm_that_is_new_enough_and_nothing_is_said_of_it() -> None:
    found = loaded("gcp")
    assert found.settings.image_family_name == SLURM_FAMILY in current_families()
    assert found.settings.image.endswith(f"/family/{SLURM_FAMILY}")
    assert found.notes == ()


def test_an_old_family_is_replaced_by_one_whose_slurm_is_new_enough() -> None:
    found = loaded("gcp", IMAGE_FAMILY_NAME="pytorch-1-12-gpu-debian-10")
    assert found.settings.image_family_name == SLURM_FAMILY
    assert SLURM_FAMILY in found.notes[0]


def test_a_public_image_whose_slurm_is_too_old_is_refused() -> None:
    (problem,) = problems("gcp", IMAGE_FAMILY_NAME="pytorch-2-9-cu129-ubuntu-2204-nvidia-580")
    assert problem.startswith("IMAGE_FAMILY_NAME=pytorch-2-9-cu129-ubuntu-2204-nvidia-580 is of Ubuntu 22.04")
    (problem,) = problems("gcp", IMAGE_FAMILY_NAME="rocky-linux-9", IMAGE_PROJECT="rocky-linux-cloud")
    assert "has no apt" in problem


def test_an_image_of_ones_own_is_only_pointed_out() -> None:
    found = loaded("gcp", IMAGE_FAMILY_NAME="site-ubuntu-2204", IMAGE_PROJECT="my-project-123")
    assert any("site-ubuntu-2204: by its name" in note for note in found.notes)


def test_a_type_whose_processors_are_not_known_is_refused() -> None:
    (problem,) = problems("gcp", VM_TYPE="n2-standrd-8")
    assert problem.startswith("VM_TYPE=n2-standrd-8 isn't known") and "is n2-standard-8 meant?" in problem
    (problem,) = problems("gcp", PARTITIONS="hpc;cpu:Nodes=2,MachineType=n9-standard-8")
    assert problem.startswith("PARTITIONS: cpu: MachineType=n9-standard-8")
    (problem,) = problems("gcp", CONTROLLER_TYPE="x9-standard-8")
    assert problem.startswith("CONTROLLER_TYPE=x9-standard-8")


def test_what_is_no_type_at_all_is_refused_in_a_partition_too() -> None:
    (problem,) = problems("gcp", PARTITIONS="hpc;cpu:Nodes=2,MachineType=Standard_D8s_v5")
    assert "PARTITIONS: cpu: MachineType=Standard_D8s_v5 is not a machine type" in problem


def test_a_login_nodes_type_matters_only_where_there_are_login_nodes() -> None:
    assert problems("gcp", LOGIN_TYPE="x9-standard-8") == ()
    (problem,) = problems("gcp", LOGIN_TYPE="x9-standard-8", LOGIN_COUNT="1")
    assert problem.startswith("LOGIN_TYPE=x9-standard-8")


def test_machines_of_two_architectures_are_refused() -> None:
    own = {"IMAGE_FAMILY_NAME": "debian-12-arm64", "IMAGE_PROJECT": "debian-cloud"}
    (problem,) = problems("gcp", VM_TYPE="c4a-standard-8", **own)
    assert problem.startswith("CONTROLLER_TYPE=n2-standard-4, VM_TYPE=c4a-standard-8: some are Arm machines")
    assert problems("gcp", VM_TYPE="c4a-standard-8", CONTROLLER_TYPE="c4a-standard-4", **own) == ()


def test_a_partition_has_no_more_nodes_than_a_managed_instance_group_holds() -> None:
    (problem,) = problems("gcp", MAX_NODES="1001")
    assert "at most 1000" in problem
    assert problems("gcp", MAX_NODES="1000") == ()


def test_a_type_that_is_not_sold_on_demand_is_refused_in_a_further_partition() -> None:
    (problem,) = problems("gcp", PARTITIONS="hpc;big:Nodes=1,MachineType=a3-ultragpu-8g")
    assert problem.startswith("PARTITIONS: big: MachineType=a3-ultragpu-8g is sold as")


def test_machines_that_come_in_their_own_time_are_refused() -> None:
    (problem,) = problems("gcp", VM_TYPE="a3-highgpu-8g", PROVISIONING_MODEL="flex-start")
    assert problem.startswith("PROVISIONING_MODEL=flex-start with ORCHESTRATOR_TYPE=slurm is not in this version")


def test_jupyter_is_off_and_pointed_out_only_where_it_was_asked_for() -> None:
    found = loaded("gcp")
    assert (found.settings.enable_notebook, found.settings.show_proxy_url) == (False, False)
    (note,) = loaded("gcp", ENABLE_NOTEBOOK="yes").notes
    assert note.startswith("ignored with ORCHESTRATOR_TYPE=slurm") and note.endswith(": ENABLE_NOTEBOOK")
    assert loaded("gcp", ENABLE_NOTEBOOK="no").notes == ()


def test_homes_on_filestore_are_one_more_share() -> None:
    assert settings("gcp").nfs_fileshare_list == ()
    found = settings("gcp", SHARED_STORAGE="filestore", NFS_FILESHARE_LIST="/mnt/share:BASIC_HDD:1024")
    homes = FileShare("/home", "BASIC_SSD", 2560)
    assert found.nfs_fileshare_list == (homes, FileShare("/mnt/share", "BASIC_HDD", 1024))
    assert settings("gcp", SHARED_STORAGE="filestore", DATA_DISK_GB="4096").nfs_fileshare_list[0].size_gb == 4096


@pytest.mark.parametrize(
    ("name", "text"), [("GCS_MOUNT_LIST", "my-data:/home/data"), ("NFS_FILESHARE_LIST", "/home/data:BASIC_HDD:1024")]
)
def test_a_mount_that_homes_would_hide_is_refused(name: str, text: str) -> None:
    (problem,) = problems("gcp", **{name: text})
    assert problem.startswith(f"{name} mounts on /home/data: in a Slurm cluster /home is shared")


@pytest.mark.parametrize(
    ("name", "instead"),
    [("CONTROLLER_SKU", "CONTROLLER_TYPE"), ("LOGIN_SKU", "LOGIN_TYPE"), ("HPC_MAX_CORE_COUNT", "MAX_NODES")],
)
def test_azures_word_for_one_of_these_is_an_error_with_ours(name: str, instead: str) -> None:
    (problem,) = problems("gcp", **{name: "16"})
    assert problem.startswith(f"{name} is a parameter of CLOUD=azure") and instead in problem


def test_a_kept_disk_without_the_homes_is_refused() -> None:
    (problem,) = problems("gcp", SHARED_STORAGE="filestore", DELETE_FILE_SHARES="no")
    assert problem.startswith("DELETE_FILE_SHARES=no with SHARED_STORAGE=filestore")
    assert problems("gcp", SHARED_STORAGE="filestore", DELETE_FILE_SHARES="yes") == ()
