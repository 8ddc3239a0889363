"""CLOUD=azure: its own model, its own mandatory parameters, and what is filled in where they are all that is set."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import AzureSettings, load
from cluster_provision.targets import target_of


def test_the_cloud_chooses_the_model(loaded):
    for cloud in ("azure", "Azure", " AZURE "):
        assert isinstance(loaded(CLOUD=cloud).settings, AzureSettings)


def test_the_mandatory_parameters_are_enough(settings):
    found = settings()
    assert (found.cloud, found.location, found.instance_count) == ("azure", "eastus2", 2)
    assert (found.name_prefix, found.vmss_name, found.resource_group) == ("my-cluster", "my-cluster", "my-cluster-rg")
    assert found.sku == "Standard_ND96isr_H200_v5"
    assert found.image.text == "microsoft-dsvm:ubuntu-hpc:2204:latest"
    assert (found.access, found.allowed_cidrs) == ("private", ())


def test_what_is_missing_is_said_at_once():
    with pytest.raises(SettingsError) as failure:
        load({"CLOUD": "azure"}, "Create")
    found = failure.value.problems
    assert len(found) == 3
    assert all(any(name in problem for problem in found) for name in ("SUBSCRIPTION_ID", "LOCATION", "NAME_PREFIX"))


def test_the_scale_sets_name_names_the_cluster(settings):
    found = settings(NAME_PREFIX=None, VMSS_NAME="vmss")
    assert (found.name_prefix, found.vmss_name, found.resource_group) == ("vmss", "vmss", "vmss-rg")
    found = settings(VMSS_NAME="vmss", RESOURCE_GROUP="other")
    assert (found.name_prefix, found.vmss_name, found.resource_group) == ("my-cluster", "vmss", "other")


@pytest.mark.parametrize("name", ["SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"])
def test_the_subscription_has_three_names(settings, name):
    given = "00000000-0000-0000-0000-00000000000a"
    assert settings(**{"SUBSCRIPTION_ID": None, name: given}).subscription_id == given


def test_subscriptions_that_differ_are_an_error(problems):
    (problem,) = problems(ARM_SUBSCRIPTION_ID="00000000-0000-0000-0000-00000000000a")
    assert "SUBSCRIPTION_ID and ARM_SUBSCRIPTION_ID" in problem and "different values" in problem


def test_a_cluster_that_this_version_has_no_target_for_is_refused_by_name(settings):
    found = settings(ORCHESTRATOR_TYPE="ray")
    object.__setattr__(found, "cloud", "elsewhere")
    with pytest.raises(SettingsError, match="CLOUD=elsewhere with ORCHESTRATOR_TYPE=ray is not in this version"):
        target_of(found)


@pytest.mark.parametrize(("size", "mode"), [("Standard_ND96isr_H100_v5", "uniform"), ("Standard_D4s_v5", "flexible")])
def test_machines_with_infiniband_are_held_in_one_placement_group(settings, size, mode):
    found = settings(SKU=size)
    assert (found.orch_mode, found.single_placement_group) == (mode, mode == "uniform")


def test_a_mode_that_is_given_is_kept(settings):
    assert settings(ORCH_MODE="Flexible").orch_mode == "flexible"
    assert settings(ORCH_MODE="UNIFORM", SKU="Standard_D4s_v5").single_placement_group is False


def test_ranges_open_the_head_to_them_alone(settings):
    found = settings(ALLOWED_CIDRS="203.0.113.7, 198.51.100.0/24")
    assert (found.access, found.allowed_cidrs) == ("head", ("203.0.113.7/32", "198.51.100.0/24"))


def test_an_open_head_needs_ranges(problems):
    (problem,) = problems(ACCESS="head")
    assert problem.startswith("ACCESS=head needs ALLOWED_CIDRS")
    (problem,) = problems(ACCESS="private", ALLOWED_CIDRS="203.0.113.7")
    assert "exclude each other" in problem


def test_bastion_needs_no_ranges_and_is_for_slurm_alone(problems):
    found = problems(ACCESS="bastion", ALLOWED_CIDRS="203.0.113.7")
    assert [each.partition(" in this version")[0] for each in found] == [
        "ACCESS=bastion is for ORCHESTRATOR_TYPE=slurm",
        "ACCESS=bastion and ALLOWED_CIDRS exclude each other: with ACCESS=bastion the machines have no address on the "
        "internet, and roles say who gets in; remove one of the two",
    ]


def test_without_ranges_a_note_says_that_nobody_gets_in(loaded):
    assert any(note.startswith("ACCESS=private, since ALLOWED_CIDRS is unset") for note in loaded().notes)
    assert loaded(ACCESS="private").notes == ()


def test_the_whole_internet_is_let_in_with_a_warning(loaded):
    for ranges, warned in (("0.0.0.0/0", True), ("0.0.0.0/1,128.0.0.0/1", True), ("0.0.0.0/1,203.0.113.0/24", False)):
        assert any("whole internet" in note for note in loaded(ALLOWED_CIDRS=ranges).notes) is warned
