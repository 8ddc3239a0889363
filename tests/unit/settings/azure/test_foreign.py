"""Parameters of the other cloud: ignored with one note, unless something was meant by them that would be lost."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

GOOGLE = {"PROJECT_ID": "my-project-123", "NAME_PREFIX": "my-cluster", "ZONE": "us-central1-a"}


def test_google_clouds_parameters_are_ignored_with_one_note(loaded):
    found = loaded(GPU_COUNT="2", SHOW_PROXY_URL="no", ACCESS="private", JUPYTER_TIMEOUT="5")
    assert found.notes == (
        "ignored with CLOUD=azure, as parameters of another cloud: GPU_COUNT, SHOW_PROXY_URL, JUPYTER_TIMEOUT",
    )


@pytest.mark.parametrize(
    ("name", "text", "counterpart"),
    [("VM_TYPE", "a2-highgpu-2g", "SKU"), ("LABELS", '{ a = "b" }', "TAGS"), ("DISK_SIZE_GB", "500", "OS_DISK_SIZE")],
)
def test_a_parameter_of_google_cloud_that_matters_is_an_error_with_its_counterpart(problems, name, text, counterpart):
    (problem,) = problems(**{name: text})
    assert problem.startswith(f"{name} is a parameter of CLOUD=gcp, and") and counterpart in problem


def test_a_parameter_of_google_cloud_is_ignored_beside_its_counterpart(loaded):
    (note,) = loaded(VM_TYPE="a2-highgpu-2g", SKU="Standard_D4s_v5", ACCESS="private").notes
    assert note.endswith("another cloud: VM_TYPE")


def test_azures_parameters_are_ignored_on_google_cloud():
    found = load(
        {**GOOGLE, "RESOURCE_GROUP": "rg", "ADMIN": "me", "ARM_CLIENT_ID": "x", "AZURE_SUBSCRIPTION_ID": "y"}, "Create"
    )
    notes = [note for note in found.notes if "another cloud" in note]
    assert notes == ["ignored with CLOUD=gcp, as parameters of another cloud: RESOURCE_GROUP, ADMIN"]


def test_a_forgotten_cloud_is_pointed_out():
    with pytest.raises(SettingsError) as failure:
        load({"SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001", "VMSS_NAME": "vmss", "SKU": "x"}, "Create")
    found = [problem for problem in failure.value.problems if "set CLOUD=azure" in problem]
    assert len(found) == 2 and any(problem.startswith("SUBSCRIPTION_ID is") for problem in found)


def test_a_misspelt_name_of_azure_is_an_error(problems):
    (problem,) = problems(RESOURCE_GRUOP="rg")
    assert problem.startswith("RESOURCE_GRUOP is no parameter, but RESOURCE_GROUP is")


def test_a_parameter_of_google_cloud_is_no_misspelt_one(problems):
    found = problems(ZONE="us-central1-a", LOCATION=None)
    assert len(found) == 2 and not any("ZONES" in problem for problem in found)
