"""Env files of the old tool load as they are, and its faults don't come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import BucketMount, FileShare, Loaded, load
from cluster_provision.settings.env_file import read_env_file
from tests.unit.settings.gcp.old_tool import CUSTOM_POOLS, EQUAL_POOLS, EVERYTHING_WITHOUT_GKE, SAMPLE

if TYPE_CHECKING:
    from pathlib import Path


def loaded_file(folder: Path, text: str, argument: str | None = "Create") -> Loaded:
    """What an env file says."""
    path = folder / "env.list"
    path.write_text(text.lstrip())
    return load(read_env_file(path, {}), argument)


def test_the_old_sample_loads_unchanged(tmp_path):
    settings = loaded_file(tmp_path, SAMPLE).settings
    assert (settings.orchestrator_type, settings.instance_count) == ("ray", 3)
    assert settings.startup_command == '[ -d "/usr/trainfiles" ] && echo " the files are there"'
    assert settings.gcs_mount_list == (BucketMount("old-bucket", "/usr/trainfiles"),)
    assert settings.nfs_fileshare_list == (FileShare("/usr/nfsshare1", "BASIC_SSD", 2560),)
    assert settings.metadata == {"meta1": "val", "meta2": "val2"}
    assert not settings.disable_ops_agent


def test_every_parameter_of_the_old_documents_loads_in_their_own_spelling(tmp_path):
    found = loaded_file(tmp_path, EVERYTHING_WITHOUT_GKE, None)
    settings = found.settings
    assert found.action == "create"
    assert [(s.tier, s.size_gb) for s in settings.nfs_fileshare_list] == [
        ("BASIC_SSD", 2560),
        ("ZONAL", 10240),
        ("ENTERPRISE", 2560),
    ]
    assert (settings.disk_type, settings.network_config) == ("pd-ssd", "multi_nic_network")
    assert settings.minimize_terraform_logging and settings.cleanup_on_exit and not settings.show_proxy_url
    (note,) = found.notes
    assert "IMAGE_FAMILY_NAME=pytorch-1-12-gpu-debian-10 is no longer available" in note


def test_equal_node_pools_load(tmp_path):
    settings = loaded_file(tmp_path, EQUAL_POOLS).settings
    assert (settings.orchestrator_type, settings.gke_node_pool_count) == ("gke", 2)
    assert settings.gke_node_count_per_node_pool == 2


def test_custom_node_pools_load(tmp_path):
    pools = loaded_file(tmp_path, CUSTOM_POOLS).settings.custom_node_pool
    assert [(p.name, p.zone, p.node_count) for p in pools] == [
        ("pool-1", "us-central1-a", 2),
        ("pool-2", "us-central1-c", 2),
    ]


def test_fault_an_unknown_action_ends_well(problems):
    with pytest.raises(SettingsError) as failure:
        load({"ACTION": "Apply"})
    assert failure.value.exit_code == 2
    assert problems("Apply")[0].startswith("action Apply is unknown")


@pytest.mark.parametrize("prefix", ["My_Cluster", "1st", "x" * 51, "trailing-"])
def test_fault_any_name_prefix_is_taken(problems, prefix):
    assert problems(NAME_PREFIX=prefix)


@pytest.mark.parametrize("name", ["INSTANCE_COUNT", "GPU_COUNT", "DISK_SIZE_GB"])
def test_fault_counts_that_are_no_numbers_are_taken(problems, name):
    (problem,) = problems(**{name: "two"})
    assert problem.startswith(f"{name}=two is not a whole number")


def test_fault_an_unset_orchestrator_installs_ray(loaded):
    assert loaded(ORCHESTRATOR_TYPE=None).settings.orchestrator_type == "none"
    assert loaded(ORCHESTRATOR_TYPE="").settings.orchestrator_type == "none"


@pytest.mark.parametrize("text", ["{}", "{ }", '{ a = "b" }'])
def test_fault_empty_labels_break_the_syntax(loaded, text):
    assert loaded(LABELS=text).settings.labels == ({"a": "b"} if "a" in text else {})


@pytest.mark.parametrize("path", ["gs://bucket/not/yet/there", "gs://bucket/not/yet/there/", "gs://bucket/"])
def test_fault_a_slash_or_a_folder_that_is_not_there_yet_fails(loaded, path):
    assert loaded(TERRAFORM_GCS_PATH=path).settings.terraform_gcs_path.uri == path.rstrip("/")


def test_fault_slurm_is_taken_and_does_nothing(loaded):
    assert loaded(ORCHESTRATOR_TYPE="slurm").settings.controller_name == "my-cluster-controller"


def test_fault_a_local_ssd_passes_as_boot_disk(problems):
    assert "can't be a boot disk" in problems(DISK_TYPE="local-ssd")[0]


def test_fault_a_machine_type_without_that_number_of_gpus_passes(problems):
    assert "carries 8 x nvidia-tesla-a100" in problems(VM_TYPE="a2-highgpu-8g", GPU_COUNT="2")[0]


def test_fault_the_first_problem_hides_the_others(problems):
    found = problems(PROJECT_ID=None, INSTANCE_COUNT="x", NETWORK_CONFIG="vpc", DISK_TYPE="local-ssd", LABELS="{")
    assert len(found) == 5
