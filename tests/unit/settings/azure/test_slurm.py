"""Slurm on Azure: cores become nodes, its sizes, scale sets and image, and what has no effect there."""

from __future__ import annotations

import pytest

from cloud_facts.azure.images import offer_of
from cluster_provision.settings.azure.images import SLURM_IMAGE
from tests.unit.settings.public_key import PUBLIC_KEY
from tests.unit.settings.slurm.clouds import loaded, problems, settings

H100 = "Standard_ND96isr_H100_v5"


def test_cores_are_so_many_nodes() -> None:
    assert settings("azure", SKU=H100, HPC_MAX_CORE_COUNT="384").max_nodes == 4


def test_cores_that_make_no_whole_nodes_are_refused_with_both_neighbours() -> None:
    (problem,) = problems("azure", SKU=H100, HPC_MAX_CORE_COUNT="1000")
    assert problem.startswith(f"HPC_MAX_CORE_COUNT=1000 is not a multiple of 96, the vCPUs of SKU={H100}")
    assert "960 (10 nodes) or 1056 (11 nodes)" in problem
    (problem,) = problems("azure", SKU=H100, HPC_MAX_CORE_COUNT="10")
    assert problem.endswith("set 96 (1 node)")


def test_cores_and_nodes_that_differ_are_refused() -> None:
    (problem,) = problems("azure", SKU=H100, HPC_MAX_CORE_COUNT="384", MAX_NODES="5")
    assert problem.startswith("MAX_NODES=5, and HPC_MAX_CORE_COUNT=384 is 4 nodes")
    assert problems("azure", SKU=H100, HPC_MAX_CORE_COUNT="384", MAX_NODES="4") == ()


def test_the_default_image_has_a_slurm_that_is_new_enough() -> None:
    image = settings("azure").image
    assert image == SLURM_IMAGE and image.sku in offer_of(image.publisher, image.offer).skus


def test_an_image_whose_slurm_is_too_old_is_refused() -> None:
    (problem,) = problems("azure", IMAGE="microsoft-dsvm:ubuntu-hpc:2204:latest")
    assert problem.startswith("IMAGE=microsoft-dsvm:ubuntu-hpc:2204:latest is of Ubuntu 22.04")
    assert "SLURM_REPOSITORY" in problem


def test_an_image_of_ones_own_is_taken() -> None:
    group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    image = f"{group}/providers/Microsoft.Compute/images/ubuntu-2204"
    assert problems("azure", IMAGE=image) == ()


def test_a_size_whose_processors_are_not_known_is_refused() -> None:
    (problem,) = problems("azure", SKU="Standard_ND96isr_H100_V5x", HPC_MAX_CORE_COUNT="192")
    assert problem.startswith("SKU=Standard_ND96isr_H100_V5x isn't known") and f"is {H100} meant?" in problem
    (problem,) = problems("azure", PARTITIONS="hpc;cpu:Nodes=2,MachineType=Standard_M128ms")
    assert problem.startswith("PARTITIONS: cpu: MachineType=Standard_M128ms isn't known")
    (problem,) = problems("azure", PARTITIONS="hpc;cpu:Nodes=2,MachineType=n2-standard-8")
    assert "n2-standard-8 is not a machine size" in problem


def test_the_controllers_size_need_not_be_known() -> None:
    assert problems("azure", CONTROLLER_SKU="Standard_M128ms") == ()


def test_machines_of_two_architectures_are_refused() -> None:
    (problem,) = problems(
        "azure", SKU="Standard_ND128isr_NDR_GB200_v6", IMAGE="microsoft-dsvm:ubuntu-hpc:2404-gb:latest"
    )
    assert "CONTROLLER_SKU=Standard_D4s_v5: some are Arm machines" in problem


def test_more_nodes_than_one_scale_set_holds_are_in_several() -> None:
    found = settings("azure", SKU=H100, MAX_NODES="250", INSTANCE_COUNT="150")
    assert (found.max_nodes, found.hpc_max_num_vms) == (250, 100)


def test_a_scale_set_with_infiniband_holds_no_more_than_a_placement_group() -> None:
    (problem,) = problems("azure", SKU=H100, HPC_MAX_NUM_VMS="250")
    assert problem.startswith("HPC_MAX_NUM_VMS=250: a single placement group")
    assert settings("azure", HPC_MAX_NUM_VMS="250").hpc_max_num_vms == 250


def test_the_machines_own_user_is_none_of_the_clusters(tmp_path) -> None:
    (tmp_path / "users").write_text(f"azureuser:20001:{PUBLIC_KEY}\n")
    (problem,) = problems("azure", USERS_FILE=str(tmp_path / "users"))
    assert problem.startswith("USERS_FILE: azureuser is ADMIN")


def test_a_scale_sets_name_is_pointed_out_unless_it_names_the_cluster() -> None:
    assert any(
        note.endswith(": VMSS_NAME, VM_NAME_PREFIX")
        for note in loaded("azure", VMSS_NAME="x", VM_NAME_PREFIX="y").notes
    )
    alone = loaded("azure", VMSS_NAME="vega", NAME_PREFIX=None)
    assert alone.settings.name_prefix == "vega" and not any("VMSS_NAME" in note for note in alone.notes)


def test_a_name_with_capitals_is_refused_since_slurm_has_none() -> None:
    (problem,) = problems("azure", NAME_PREFIX="Vega")
    assert problem.startswith("NAME_PREFIX=Vega is also the name of the cluster in Slurm")


def test_filestore_is_google_clouds() -> None:
    (problem,) = problems("azure", SHARED_STORAGE="filestore")
    assert problem.startswith("SHARED_STORAGE=filestore can't be used: it is Google Cloud's")


@pytest.mark.parametrize(("name", "instead"), [("CONTROLLER_TYPE", "CONTROLLER_SKU"), ("LOGIN_TYPE", "LOGIN_SKU")])
def test_google_clouds_word_for_one_of_these_is_an_error_with_ours(name: str, instead: str) -> None:
    (problem,) = problems("azure", **{name: "n2-standard-4"})
    assert problem.startswith(f"{name} is a parameter of CLOUD=gcp") and instead in problem


def test_nodes_are_machines_of_uniform_scale_sets_with_identities_of_their_own() -> None:
    assert getattr(settings("azure"), "orch_mode", "") == "uniform"
    (problem,) = problems("azure", ORCH_MODE="Flexible")
    assert problem.startswith("ORCH_MODE=flexible")
    group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g"
    (problem,) = problems(
        "azure", NODE_IDENTITY=f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x"
    )
    assert problem.startswith("NODE_IDENTITY=")
