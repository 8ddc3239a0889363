"""Single values: numbers, words, names, paths, buckets."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("INSTANCE_COUNT", 1, 1000),
        ("DISK_SIZE_GB", 10, 65536),
        ("CAPACITY_WAIT", 0, 1440),
        ("MAX_RUN_DURATION", 1, 168),
        ("READY_TIMEOUT", 0, 1440),
        ("JUPYTER_TIMEOUT", 1, 1440),
    ],
)
def test_numbers_hold_their_limits(loaded, problems, name, least, most):
    for good in (least, most):
        assert getattr(loaded(**{name: str(good)}).settings, name.lower()) == good
    for bad in (least - 1, most + 1, 10**30):
        assert problems(**{name: str(bad)})[0].startswith(f"{name}=")


@pytest.mark.parametrize("text", ["two", "2.0", "2x", "0x2", "1_0", "\u0662", "+2", "-1", "1,000", "1" * 5000])
def test_a_value_that_is_no_whole_number_is_refused_with_the_range(problems, text):
    (problem,) = problems(INSTANCE_COUNT=text)
    assert "0 to 1000" in problem
    assert len(problem) < 200


def test_leading_zeros_mean_nothing(loaded):
    assert loaded(INSTANCE_COUNT="007").settings.instance_count == 7


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("TRUE", True), ("1", True), ("No", False), ("0", False)])
def test_switches_take_yes_and_no_in_any_form(loaded, text, value):
    assert loaded(EXTERNAL_IP=text).settings.external_ip is value
    assert loaded(ENABLE_NOTEBOOK=text).settings.enable_notebook is value


def test_a_switch_refuses_other_words(problems):
    assert problems(EXTERNAL_IP="maybe") == (
        "EXTERNAL_IP=maybe is none of the allowed values: yes, no, true, false, 1, 0",
    )


@pytest.mark.parametrize("text", ["yes", "no", "false", "0", "anything at all"])
def test_any_value_minimizes_logging(loaded, text):
    assert loaded(MINIMIZE_TERRAFORM_LOGGING=text).settings.minimize_terraform_logging is True


@pytest.mark.parametrize("name", ["a", "my-cluster", "a" * 50, "x1-2-3"])
def test_good_prefixes(loaded, name):
    assert loaded(NAME_PREFIX=name).settings.name_prefix == name


@pytest.mark.parametrize("name", ["1a", "-a", "a-", "a_b", "a.b", "A", "a" * 51, "ä", "a b", 'a"b', "a${b}"])
def test_bad_prefixes(problems, name):
    (problem,) = problems(NAME_PREFIX=name)
    assert problem.startswith("NAME_PREFIX=")


def test_the_longest_name_made_of_the_prefix_fits():
    # terraform/gcp/vms: the firewall rule is the longest; Google Cloud's names end at 63
    assert len("a" * 50 + "-dpl-internal") == 63


@pytest.mark.parametrize("project", ["my-project-123", "abcdef", "a" * 30])
def test_good_projects(loaded, project):
    assert loaded(PROJECT_ID=project).settings.project_id == project


@pytest.mark.parametrize(
    "project", ["abc", "a" * 31, "My-Project", "my project", "123456789012", "my-project-", "<your project>", "a:b"]
)
def test_bad_projects(problems, project):
    (problem,) = problems(PROJECT_ID=project)
    assert problem.startswith(f"PROJECT_ID={project} is not a project ID")


def test_a_project_number_is_told_from_an_id(problems):
    assert "number" in problems(PROJECT_ID="123456789012")[0]


def test_a_domain_scoped_project_needs_a_bucket(loaded, problems):
    assert "TERRAFORM_GCS_PATH" in problems(PROJECT_ID="example.com:my-project")[0]
    settings = loaded(PROJECT_ID="example.com:my-project", TERRAFORM_GCS_PATH="gs://bucket").settings
    assert settings.project_id == "example.com:my-project"


@pytest.mark.parametrize("zone", ["us-central1-a", "europe-west12-c", "northamerica-south1-b", "us-central1-ai1a"])
def test_good_zones(loaded, zone):
    assert loaded(ZONE=zone).settings.zone == (zone,)


@pytest.mark.parametrize("zone", ["us-central1", "uscentral1a", "US-CENTRAL1-A", "us-central1-a;rm", "us central1-a"])
def test_bad_zones(problems, zone):
    assert "is not a zone" in problems(ZONE=zone)[0]


def test_a_region_is_told_from_a_zone(problems):
    assert "this is a region" in problems(ZONE="us-central1")[0]


def test_empty_entries_of_the_zone_list_are_skipped(loaded):
    assert loaded(ZONE="us-central1-a,").settings.zone == ("us-central1-a",)


@pytest.mark.parametrize(
    ("text", "bucket", "folder"),
    [
        ("gs://bucket", "bucket", ""),
        ("gs://bucket/", "bucket", ""),
        ("gs://bucket/a/b", "bucket", "a/b"),
        ("gs://bucket/a//", "bucket", "a"),
        ("gs://a.example.com/d", "a.example.com", "d"),
    ],
)
def test_state_paths(loaded, text, bucket, folder):
    path = loaded(TERRAFORM_GCS_PATH=text).settings.terraform_gcs_path
    assert (path.bucket, path.folder) == (bucket, folder)


@pytest.mark.parametrize(
    "text",
    [
        "bucket/dir",
        "s3://bucket",
        "GS://bucket",
        "gs://",
        "gs:///dir",
        "gs://Bucket",
        "gs://bu",
        "gs://" + "a" * 64,
        "gs://1.2.3.4",
        "gs://a..b",
        "gs://bucket/a//b",
        "gs://bucket/../other",
        "gs://bucket/a\tb",
        "gs://bucket/a*",
        "gs://-bucket",
    ],
)
def test_bad_state_paths(problems, text):
    (problem,) = problems(TERRAFORM_GCS_PATH=text)
    assert problem.startswith("TERRAFORM_GCS_PATH=")


@pytest.mark.parametrize("path", ["usr/x", "./x", "/a/../b", "/", "/proc/x", "/a b", "/a;b", "~/x"])
def test_bad_destinations(problems, path):
    (problem,) = problems(VM_LOCALFILE_DEST_PATH=path)
    assert problem.startswith("VM_LOCALFILE_DEST_PATH=")


def test_a_slash_at_a_paths_end_means_nothing(loaded):
    assert loaded(VM_LOCALFILE_DEST_PATH="/home/jupyter/x/").settings.vm_localfile_dest_path == "/home/jupyter/x"


@pytest.mark.parametrize(
    "account",
    [
        "nodes@my-project.iam.gserviceaccount.com",
        "123-compute@developer.gserviceaccount.com",
        "my-project@appspot.gserviceaccount.com",
        "nodes@name.example.com.iam.gserviceaccount.com",
    ],
)
def test_service_accounts(loaded, account):
    assert loaded(SERVICE_ACCOUNT=account).settings.service_account == account


@pytest.mark.parametrize(
    "account", ["nodes", "me@example.com", "a@evilgserviceaccount.com", "a b@x.gserviceaccount.com"]
)
def test_a_value_that_is_no_service_account_is_refused(problems, account):
    assert problems(SERVICE_ACCOUNT=account)


def test_a_local_ssd_as_boot_disk_is_refused_with_the_reason(problems):
    assert "can't be a boot disk" in problems(DISK_TYPE="local-ssd")[0]


def test_a_provider_mirror_must_exist_and_hold_the_provider(loaded, problems, tmp_path):
    assert "not an existing folder" in problems(PROVIDER_MIRROR=str(tmp_path / "missing"))[0]
    assert "holds no registry.terraform.io/hashicorp/google" in problems(PROVIDER_MIRROR=str(tmp_path))[0]
    (tmp_path / "registry.terraform.io/hashicorp/google").mkdir(parents=True)
    assert loaded(PROVIDER_MIRROR=str(tmp_path)).settings.provider_mirror == tmp_path


def test_a_working_folder_may_be_missing_but_not_be_a_file(loaded, problems, tmp_path):
    assert loaded(WORK_DIR=str(tmp_path / "new")).settings.work_dir == tmp_path / "new"
    (tmp_path / "file").touch()
    assert "is a file" in problems(WORK_DIR=str(tmp_path / "file"))[0]
    assert problems(WORK_DIR="/" + "x" * 5000)


def test_control_characters_in_a_value_do_not_break_the_error_line(problems):
    (problem,) = problems(VM_TYPE="a\nb\x1b[31m")
    assert "\n" not in problem and "\x1b" not in problem


@pytest.mark.parametrize(
    ("text", "amount"), [("30", "30"), ("0.01", "0.01"), (" 88.49 ", "88.49"), ("1000000", "1000000")]
)
def test_amounts_of_money(loaded, text, amount):
    assert loaded(MAX_HOURLY_COST=text).settings.max_hourly_cost == Decimal(amount)


@pytest.mark.parametrize("text", ["$30", "30 USD", "1,000", "0", "0.001", "-1", "1000000.01", "1e3", "9" * 5000, "٣"])
def test_a_value_that_is_no_amount_of_money_is_refused(problems, text):
    (problem,) = problems(MAX_HOURLY_COST=text)
    assert "0.01 to 1000000" in problem


@pytest.mark.parametrize("name", ["r-1", "projects/other-project/reservations/shared"])
def test_reservations(loaded, name):
    assert loaded(RESERVATION_NAME=name).settings.reservation_name == name


@pytest.mark.parametrize("name", ["R1", "reservations/r", "projects/p/reservations/r", "r-", "a" * 256])
def test_a_value_that_is_no_reservation_is_refused(problems, name):
    assert problems(RESERVATION_NAME=name)[0].startswith(f"RESERVATION_NAME={name[:60]}")
