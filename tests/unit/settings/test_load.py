"""The whole environment: defaults, all problems at once, what beats what."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import BucketMount, GcsPath, load


def test_mandatory_parameters_alone_give_the_documented_cluster(loaded):
    settings = loaded().settings
    assert (settings.instance_count, settings.vm_type, settings.gpu_count) == (1, "a2-highgpu-2g", 2)
    assert settings.accelerator_type == "nvidia-tesla-a100"
    assert (settings.disk_size_gb, settings.disk_type) == (2000, "pd-ssd")
    assert settings.orchestrator_type == "none"
    assert settings.network_config == "default_network"
    assert settings.terraform_gcs_path is None
    assert (settings.ready_timeout, settings.jupyter_timeout) == (30, 10)
    assert settings.show_proxy_url and settings.external_ip and settings.enable_notebook
    assert not settings.wait_for_startup_command and not settings.minimize_terraform_logging


def test_every_value_arrives_typed(loaded, tmp_path):
    settings = loaded(
        INSTANCE_COUNT="3",
        TERRAFORM_GCS_PATH="gs://bucket/a/b",
        GCS_MOUNT_LIST="one:/mnt/one",
        METADATA='{ a = "b" }',
        LABELS='{ team = "x" }',
        STARTUP_COMMAND="echo hi",
        WORK_DIR=str(tmp_path),
        OUTPUT="JSON",
        REHEARSE="Plan",
        MINIMIZE_TERRAFORM_LOGGING="1",
    ).settings
    assert settings.instance_count == 3
    assert settings.terraform_gcs_path == GcsPath("bucket", "a/b")
    assert settings.gcs_mount_list == (BucketMount("one", "/mnt/one"),)
    assert settings.metadata == {"a": "b"} and settings.labels == {"team": "x"}
    assert settings.startup_command == "echo hi"
    assert settings.work_dir == tmp_path
    assert (settings.output, settings.rehearse, settings.minimize_terraform_logging) == ("json", "plan", True)


def test_region_follows_from_the_zone(loaded):
    settings = loaded(ZONE="northamerica-northeast2-b").settings
    assert (settings.first_zone, settings.region) == ("northamerica-northeast2-b", "northamerica-northeast2")


def test_empty_means_unset(loaded):
    assert loaded(INSTANCE_COUNT="", METADATA="", LABELS="", IMAGE_NAME="", WORK_DIR="").settings.instance_count == 1


@pytest.mark.parametrize("name", ["PROJECT_ID", "NAME_PREFIX", "ZONE"])
def test_an_unset_or_empty_mandatory_parameter_is_named(problems, name):
    for text in (None, ""):
        assert [p for p in problems(**{name: text}) if p.startswith(f"{name} is not set")]


def test_every_problem_is_reported_at_once(problems):
    found = problems(
        "Fly",
        PROJECT_ID=None,
        NAME_PREFIX="Bad_Name",
        ZONE="us-central1",
        INSTANCE_COUNT="many",
        DISK_SIZE_GB="1",
        TERRAFORM_GCS_PATH="/bucket",
        IMAGE_NAME="a",
        IMAGE_FAMILY_NAME="b",
        GCS_MOUNT_LIST="bucket",
        METADATA="{",
    )
    for name in (
        "action Fly",
        "PROJECT_ID",
        "NAME_PREFIX=Bad_Name",
        "ZONE=us-central1",
        "INSTANCE_COUNT=many",
        "DISK_SIZE_GB=1",
        "TERRAFORM_GCS_PATH=/bucket",
        "GCS_MOUNT_LIST",
        "METADATA",
        "IMAGE_FAMILY_NAME and IMAGE_NAME",
    ):
        assert [p for p in found if p.startswith(name)], name


def test_rules_across_fields_hold_while_other_fields_are_bad(problems):
    found = problems(INSTANCE_COUNT="x", VM_TYPE="a2-highgpu-4g", GPU_COUNT="2")
    assert any(p.startswith("INSTANCE_COUNT=x") for p in found)
    assert any(p.startswith("GPU_COUNT=2") for p in found)


def test_a_rule_is_silent_where_its_input_is_bad(problems):
    (problem,) = problems(VM_TYPE="???", GPU_COUNT="4")
    assert problem.startswith("VM_TYPE=???")


@pytest.mark.parametrize("name", ["Create", "DESTROY", "plan", "Validate", "debug"])
def test_actions_are_known_in_any_case(loaded, name):
    assert loaded(name).action == name.lower()


def test_the_argument_beats_the_variable(loaded):
    assert loaded("Destroy", ACTION="Create").action == "destroy"
    assert loaded("Destroy", ACTION='"nonsense"').action == "destroy"


@pytest.mark.parametrize("argument", [None, ""])
def test_the_variable_counts_without_an_argument(loaded, argument):
    assert loaded(argument, ACTION="Plan").action == "plan"


def test_no_action_is_an_error_that_lists_them(problems):
    assert problems(None) == (
        "no action: give one as the argument, or as ACTION; the actions are Create, Destroy, Validate, Debug, Plan, "
        "Status, Connect, UpdateHosts, Gather, Run, Benchmark, Health, Unlock, Drain, Undrain, Tunnel, Resume, "
        "Suspend, Report, List",
    )


def test_an_unknown_action_is_an_error_that_lists_them(problems):
    assert problems("Start") == (
        "action Start is unknown; did you mean Create? The actions are Create, Destroy, Validate, Debug, Plan, Status, "
        "Connect, UpdateHosts, Gather, Run, Benchmark, Health, Unlock, Drain, Undrain, Tunnel, Resume, Suspend, "
        "Report, List",
    )
    assert problems(None, ACTION="Start")[0].startswith("ACTION Start is unknown; did you mean Create? The actions are")


def test_another_cloud_is_refused_alone(problems):
    (problem,) = problems(CLOUD="Aws", PROJECT_ID=None, ZONE=None)
    assert problem == "CLOUD=Aws is none of the allowed values: gcp, azure, existing"


def test_an_action_that_needs_an_argument_says_what_it_is():
    environ = {"PROJECT_ID": "my-project", "NAME_PREFIX": "a", "ZONE": "us-central1-a"}
    for action, example in (("Run", "Run 'nvidia-smi -L'"), ("gather", "Gather /var/log/")):
        with pytest.raises(SettingsError) as failure:
            load(environ, action)
        assert len(failure.value.problems) == 1 and example in failure.value.problems[0]
    assert load(environ, "RUN", "nvidia-smi -L").argument == "nvidia-smi -L"


def test_an_action_without_an_argument_takes_none():
    with pytest.raises(SettingsError) as failure:
        load({"PROJECT_ID": "my-project", "NAME_PREFIX": "a", "ZONE": "us-central1-a"}, "UpdateHosts", "now")
    assert failure.value.problems == ("UpdateHosts takes no argument, but now is given",)


def test_the_error_says_what_to_do():
    with pytest.raises(SettingsError) as failure:
        load({})
    assert failure.value.exit_code == 2
    assert "nothing was changed" in failure.value.advice


def test_the_environment_is_left_as_it_is(loaded):
    environ = {"PROJECT_ID": "my-project", "NAME_PREFIX": "a", "ZONE": "us-central1-a", "ACTION": "plan"}
    before = dict(environ)
    load(environ)
    assert environ == before


def test_notes_are_single_lines(loaded):
    notes = loaded(ENABLE_NOTEBOOK="no", IMAGE_NAME=" ", GKE_VERSION="1.33").notes
    assert len(notes) == 3
    assert all("\n" not in note for note in notes)


def test_an_unset_orchestrator_is_none(loaded):
    assert loaded(ORCHESTRATOR_TYPE=None).settings.orchestrator_type == "none"
    assert loaded(ORCHESTRATOR_TYPE="None").settings.orchestrator_type == "none"


def test_an_unknown_orchestrator_is_no_value_at_all(problems):
    (problem,) = problems(ORCHESTRATOR_TYPE="k8s")
    assert problem.startswith("ORCHESTRATOR_TYPE=k8s is none of the allowed values: none")


def test_waiting_for_no_command_is_noted(loaded):
    assert any("nothing to wait for" in note for note in loaded(WAIT_FOR_STARTUP_COMMAND="yes").notes)
    assert not any(
        "nothing to wait for" in n for n in loaded(WAIT_FOR_STARTUP_COMMAND="yes", STARTUP_COMMAND="x").notes
    )


def test_a_rehearsals_folder_without_a_rehearsal_is_noted(loaded, tmp_path):
    assert any("REHEARSE_DIR has no effect" in note for note in loaded(REHEARSE_DIR=str(tmp_path)).notes)
    assert not any("REHEARSE_DIR" in note for note in loaded(REHEARSE_DIR=str(tmp_path), REHEARSE="plan").notes)


def test_the_state_bucket_is_the_one_named_or_the_projects_own(loaded):
    assert loaded().settings.state_bucket == "aiinfra-terraform-my-project-123"
    assert loaded(TERRAFORM_GCS_PATH="gs://mine/clusters/").settings.state_bucket == "mine"
