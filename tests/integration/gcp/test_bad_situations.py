"""What goes wrong in life: one clear message, its class's exit code, nothing changed, nothing lost."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.shortages import NODE
from tests.integration.gcp.state import LOCK, STATE


def test_refused_credentials_are_found_out_before_anything_else(tool: Tool) -> None:
    refusal = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    tool.goes_wrong({"match": {"host": "oauth2.googleapis.com"}, "status": 400, "body": refusal})
    error = tool.result("Create", expected=10)["error"]
    assert "expired" in error["message"]
    assert "gcloud auth application-default login" in error["advice"]
    tool.goes_wrong()
    assert list(tool.client().list_buckets()) == []


def test_a_project_that_one_can_not_see_is_a_bad_setting(tool: Tool) -> None:
    rule = {
        "match": {"host": "compute.googleapis.com", "path": "/projects/my-project-1$"},
        **api_error(404, "not found"),
    }
    tool.goes_wrong(rule)
    assert "PROJECT_ID=my-project-1" in tool.result("Create", expected=2)["error"]["message"]


def test_a_missing_permission_is_named(tool: Tool) -> None:
    message = "Required 'compute.projects.get' permission for 'projects/my-project-1'"
    tool.goes_wrong({"match": {"host": "compute.googleapis.com"}, **api_error(403, message)})
    assert message in tool.result("Create", expected=11)["error"]["message"]


def test_what_terraform_never_found_out_is_not_told_as_no_change(tool: Tool) -> None:
    match = {"method": "GET", "host": "compute.googleapis.com", "path": "global/networks/default"}
    tool.goes_wrong({"match": match, **api_error(403, "Required 'compute.networks.get' permission")})
    assert tool.result("Create", expected=11)["changes"] is None


def test_a_permission_that_only_terraform_misses_has_the_same_code(tool: Tool) -> None:
    message = "Required 'compute.instanceTemplates.create' permission for 'projects/my-project-1'"
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    tool.goes_wrong({"match": match, **api_error(403, message)})
    assert message in tool.result("Create", expected=11)["error"]["message"]


def test_a_bucket_of_somebody_else_is_not_used(tool: Tool) -> None:
    match = {"method": "GET", "host": "storage.googleapis.com", "path": "/b/aiinfra-terraform-my-project-1"}
    stranger = {"name": "aiinfra-terraform-my-project-1", "projectNumber": "666", "kind": "storage#bucket"}
    tool.goes_wrong({"match": match, "status": 200, "body": stranger})
    assert "belongs to another project" in tool.result("Create", expected=16)["error"]["message"]


def test_a_bucket_that_one_may_not_read_is_a_state_store_error(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": "storage.googleapis.com"}, **api_error(403, "no storage.buckets.get access")})
    tool.result("Create", expected=16, TERRAFORM_GCS_PATH="gs://secret-bucket")


def test_a_named_bucket_that_is_missing_is_not_created(tool: Tool) -> None:
    match = {"method": "GET", "host": "storage.googleapis.com", "path": "/b/no-such-bucket"}
    tool.goes_wrong({"match": match, **api_error(404, "The specified bucket does not exist.", "notFound")})
    error = tool.result("Create", expected=16, TERRAFORM_GCS_PATH="gs://no-such-bucket")["error"]
    assert "no bucket gs://no-such-bucket" in error["message"]


def test_a_lock_shows_its_holder_its_age_and_the_command_that_clears_it(tool: Tool) -> None:
    tool.result("Create")
    held = {
        "ID": "1",
        "Operation": "OperationTypeApply",
        "Who": "ci@runner",
        "Created": "2026-01-01T00:00:00.123456789Z",
    }
    tool.bucket().blob(LOCK).upload_from_string(json.dumps(held))
    for action in ("Create", "Destroy"):
        error = tool.result(action, expected=14)["error"]
        assert "ci@runner" in error["message"]
        assert "hours" in error["message"]
        assert f"gcloud storage rm gs://aiinfra-terraform-my-project-1/{LOCK}" in error["advice"]
    tool.result("Create", expected=14, INSTANCE_COUNT="7")
    parameters = tool.bucket().blob("demo-deployment/demo-env.list").download_as_text()
    assert "INSTANCE_COUNT" not in parameters  # the other run's are there, and stay
    tool.bucket().blob(LOCK).delete()
    assert tool.result("Plan")["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_a_state_of_another_tool_is_left_alone(tool: Tool) -> None:
    tool.client().create_bucket("aiinfra-terraform-my-project-1")
    old = {
        "version": 4,
        "terraform_version": "1.3.7",
        "resources": [{"mode": "managed", "type": "google_compute_network", "name": "n", "instances": [{}]}],
    }
    tool.bucket().blob(STATE).upload_from_string(json.dumps(old))
    # the emulator's bucket belongs to the project that made it, as a real one does
    for action in ("Create", "Destroy", "Plan"):
        error = tool.result(action, expected=16)["error"]
        assert "Terraform 1.3.7" in error["message"]
        assert "NAME_PREFIX" in error["advice"]
    assert json.loads(tool.bucket().blob(STATE).download_as_text()) == old


def test_an_endpoint_that_closes_the_connection_is_unreachable(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": "oauth2.googleapis.com"}, "status": 0})
    tool.result("Create", expected=15)


def test_a_network_without_a_way_to_google_is_unreachable(tool: Tool) -> None:
    # A real run, no rehearsal: its proxy is a closed port, its credentials those of the test's cloud.
    environment = {
        "PATH": os.environ["PATH"],
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "GOOGLE_APPLICATION_CREDENTIALS": tool.environment["GOOGLE_APPLICATION_CREDENTIALS"],
        "NO_GCE_CHECK": "true",
        **tool.settings,
    }
    said = subprocess.run(tool.command("Create"), env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 15
    assert "proxy" in said.stderr


def test_a_node_whose_command_fails_is_shown_with_its_last_lines(tool: Tool) -> None:
    failed = {
        "status": "failed",
        "step": "command",
        "steps": [{"name": "command", "status": "failed", "tail": "ImportError: no module named torch\nexit code 1"}],
    }
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": failed})
    error = tool.result("Create", expected=24, STARTUP_COMMAND="python train.py")["error"]
    assert "ImportError: no module named torch" in error["message"]


def test_a_node_that_never_starts_ends_the_wait_at_its_limit(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200})
    process = subprocess.Popen(
        tool.command("Create"), env=tool.variables(READY_TIMEOUT="1"), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    assert any("not started: demo-vm-" in line for line in lines)
    process.send_signal(signal.SIGTERM)
    process.stderr.read()
    assert process.wait() == 143


def test_a_signal_during_apply_releases_the_lock_and_saves_the_state(tool: Tool) -> None:
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    tool.goes_wrong({"match": match, "delay": 1.0})
    process = subprocess.Popen(tool.command("Create"), env=tool.variables(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("google_compute_instance_template" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGTERM)
    process.stderr.read()
    assert process.wait() == 143
    assert not tool.bucket().blob(LOCK).exists()
    assert json.loads(tool.bucket().blob(STATE).download_as_text())["resources"]
    tool.goes_wrong()
    tool.result("Create")
    assert tool.result("Destroy")["leftovers"] == []


def test_leftovers_after_destroy_are_named_with_the_commands_that_delete_them_and_fail(tool: Tool) -> None:
    tool.result("Create")
    link = "https://www.googleapis.com/compute/v1/projects/my-project-1/zones/us-central1-a/disks/demo-vm-data"
    left = {"items": {"zones/us-central1-a": {"disks": [{"name": "demo-vm-data", "selfLink": link}]}}}
    tool.goes_wrong(
        {"match": {"host": "compute.googleapis.com", "path": "aggregated/disks"}, "status": 200, "body": left}
    )
    result = tool.result("Destroy", expected=23)
    command = "gcloud compute disks delete demo-vm-data --project=my-project-1 --zone=us-central1-a"
    disk = {"kind": "disk", "name": "demo-vm-data", "place": "us-central1-a", "command": command, "note": ""}
    assert result["leftovers"] == [disk]
    assert command in result["error"]["advice"]
    tool.goes_wrong()
    assert tool.result("Destroy")["leftovers"] == []


def test_where_no_account_may_be_made_the_projects_own_is_used_and_said(tool: Tool) -> None:
    tool.has(denied=["iam.serviceAccounts.create"])
    said = tool.run("Create")
    assert said.returncode == 0
    assert "run as the project's default account" in said.stderr


def test_parameters_and_log_are_uploaded_whatever_happens_and_hold_nothing_private(tool: Tool) -> None:
    message = "Required 'compute.instanceTemplates.create' permission: python train.py --password=hunter2"
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    tool.goes_wrong({"match": match, **api_error(403, message)})
    command = "python train.py --password=hunter2"
    tool.result("Create", expected=11, STARTUP_COMMAND=command, METADATA='{ key = "s3cretvalue" }', AWS_TOKEN="other")
    parameters = tool.bucket().blob("demo-deployment/demo-env.list").download_as_text()
    log = tool.bucket().blob("demo-deployment/demo-terraform.log").download_as_text()
    assert "PROJECT_ID=my-project-1" in parameters
    assert "instanceTemplates.create" in log
    for private in ("hunter2", "s3cretvalue", "AWS_TOKEN"):
        assert private not in parameters + log


def test_debug_stays_until_a_signal_or_the_release_file_and_changes_nothing(tool: Tool) -> None:
    release, work = Path("/tmp/debug_release"), tool.folder / "work"
    for end in ("signal", "file"):
        environment = tool.variables(WORK_DIR=str(work))
        process = subprocess.Popen(tool.command("Debug"), env=environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert any("touch /tmp/debug_release" in line for line in iter(process.stderr.readline, ""))
        assert process.poll() is None
        assert (work / "terraform" / "gcp" / "vms" / "cluster.auto.tfvars").exists()
        if end == "signal":
            process.send_signal(signal.SIGTERM)
        else:
            release.touch()
        process.stderr.read()
        release.unlink(missing_ok=True)
        assert process.wait() == 0
    assert list(tool.client().list_buckets()) == []


def test_stray_terraform_variables_change_nothing(tool: Tool) -> None:
    stray = {"TF_CLI_CONFIG_FILE": "/nowhere", "TF_LOG": "TRACE", "TF_VAR_zone": "mars", "TF_CLI_ARGS": "-bogus"}
    assert tool.result("Plan", **stray)["ok"]


def test_a_full_disk_is_this_machines_failure(tool: Tool) -> None:
    if not Path("/dev/full").exists():
        pytest.fail("/dev/full is needed")
    work = tool.folder / "work" / "terraform" / "gcp" / "vms"
    work.mkdir(parents=True)
    (work / "cluster.auto.tfvars").symlink_to("/dev/full")
    error = tool.result("Create", expected=17, WORK_DIR=str(tool.folder / "work"))["error"]
    assert "disk is full" in error["message"]


def test_create_again_with_the_cause_corrected_makes_failed_machines_anew(tool: Tool) -> None:
    failed = {
        "status": "failed",
        "step": "command",
        "steps": [{"name": "command", "status": "failed", "tail": "python: not found"}],
    }
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "times": 1, "status": 200, "body": failed})
    tool.result("Create", expected=24, INSTANCE_COUNT="2", STARTUP_COMMAND="python train.py")
    again = tool.run("Create", INSTANCE_COUNT="2", STARTUP_COMMAND="python3 train.py")
    assert again.returncode == 0, again.stderr
    assert "made anew" in again.stderr


def test_machines_that_keep_earlier_settings_are_named_with_the_command_that_renews_them(tool: Tool) -> None:
    first = tool.result("Create", STARTUP_COMMAND="echo one")["nodes"][0]["name"]
    said = tool.run("Create", STARTUP_COMMAND="echo two").stderr
    assert f"made before the settings changed, and go on as they are: {first}" in said
    assert f"recreate-instances demo-mig --project=my-project-1 --zone=us-central1-a --instances={first}" in said


@pytest.mark.parametrize(
    ("path", "setting"),
    [("/zones/us-central1-a$", "ZONE"), ("machineTypes/", "VM_TYPE"), ("images/family", "IMAGE_FAMILY_NAME")],
)
def test_what_the_settings_name_and_google_does_not_have_is_found_before_anything_is_made(
    tool: Tool, path: str, setting: str
) -> None:
    match = {"method": "GET", "host": "compute.googleapis.com", "path": path}
    tool.goes_wrong({"match": match, **api_error(404, "not found", "notFound")})
    assert setting in tool.result("Create", expected=2)["error"]["message"]
    tool.goes_wrong()
    assert list(tool.client().list_buckets()) == []


@pytest.mark.parametrize("account", [{}, {"SERVICE_ACCOUNT": "mine@my-project-1.iam.gserviceaccount.com"}])
def test_a_bucket_to_mount_that_does_not_exist_is_a_bad_setting(tool: Tool, account: dict[str, str]) -> None:
    match = {"host": "storage.googleapis.com", "path": "/b/no-such-bucket/iam"}
    tool.goes_wrong({"match": match, **api_error(404, "The specified bucket does not exist.", "notFound")})
    refused = tool.result("Create", expected=2, GCS_MOUNT_LIST="no-such-bucket:/mnt/data", **account)
    assert "GCS_MOUNT_LIST names gs://no-such-bucket" in refused["error"]["message"]
    rows = {check["name"]: check["status"] for check in refused["checks"]}
    assert (rows["service account"], rows["zone"]) == ("failed", "ok")  # the other checks are told all the same


def test_a_busy_api_is_asked_again(tool: Tool) -> None:
    tool.goes_wrong(
        {"match": {"host": "compute.googleapis.com", "path": "listManagedInstances"}, "times": 2, "status": 503}
    )
    assert tool.result("Create")["ok"]
    assert len(tool.answered(503)) == 2


def test_a_bucket_that_may_not_be_deleted_stays_and_is_named(tool: Tool) -> None:
    tool.result("Create")
    match = {"method": "DELETE", "host": "storage.googleapis.com", "path": "/b/aiinfra-terraform-my-project-1(\\?|$)"}
    tool.goes_wrong({"match": match, **api_error(403, "no storage.buckets.delete access")})
    said = tool.run("Destroy")
    assert said.returncode == 0, said.stderr
    assert "kept the empty bucket gs://aiinfra-terraform-my-project-1" in said.stderr


def test_a_lost_state_does_not_make_destroy_claim_that_all_is_gone(tool: Tool) -> None:
    tool.result("Create", NETWORK_CONFIG="new_network")
    tool.bucket().blob(STATE).delete()
    left = tool.result("Destroy", expected=23, NETWORK_CONFIG="new_network")["leftovers"]
    kinds = [each["kind"] for each in left]
    assert [k for k in dict.fromkeys(kinds) if k != "instance"] == [
        "instance group",
        "instance template",  # it is in use
        "router",
        "firewall rule",
        "subnetwork",
        "network",
        "service account",
    ]
    assert all("demo" in each["name"] and " delete " in each["command"] for each in left)


def test_what_is_rendered_and_logged_is_the_users_alone(tool: Tool) -> None:
    work = tool.folder / "work"
    tool.result("Create", WORK_DIR=str(work), STARTUP_COMMAND="echo private-value")
    for file in (work / "terraform" / "gcp" / "vms" / "cluster.auto.tfvars", work / "terraform.log"):
        assert file.stat().st_mode & 0o077 == 0


def test_credentials_that_docker_mounted_as_a_folder_are_explained(tool: Tool) -> None:
    said = subprocess.run(
        tool.command("Create"),
        env={"PATH": os.environ["PATH"], "GOOGLE_APPLICATION_CREDENTIALS": str(tool.folder), **tool.settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 10
    assert "it is a folder" in said.stderr
