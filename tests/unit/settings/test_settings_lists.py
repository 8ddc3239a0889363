"""Comma lists: empty entries are skipped, each bad one is named."""

from __future__ import annotations

import pytest

from cluster_provision.settings import BucketMount


def test_empty_entries_are_skipped(loaded):
    mounts = loaded(GCS_MOUNT_LIST=",one:/mnt/one,, two:/usr/trainfiles/ ,").settings.gcs_mount_list
    assert mounts == (BucketMount("one", "/mnt/one"), BucketMount("two", "/usr/trainfiles"))


def test_nothing_but_commas_is_an_empty_list(loaded):
    assert loaded(GCS_MOUNT_LIST=",,").settings.gcs_mount_list == ()


def test_each_bad_entry_is_named(problems):
    found = problems(GCS_MOUNT_LIST="one,two:relative,ok-bucket:/mnt/ok,gs://three:/mnt/three,Four:/mnt/four")
    assert len(found) == 4
    for position, entry in ((1, "one"), (2, "two:relative"), (4, "gs://three:/mnt/three"), (5, "Four:/mnt/four")):
        assert any(p.startswith(f"GCS_MOUNT_LIST: entry {position} ({entry})") for p in found)


@pytest.mark.parametrize(
    "entry", ["bucket", "bucket:", ":/mnt/x", "bucket:/a:/b", "bucket/dir:/mnt/x", "bucket:mnt", "bu:/mnt/x"]
)
def test_an_entry_without_bucket_or_path_is_refused(problems, entry):
    assert len(problems(GCS_MOUNT_LIST=entry)) == 1


@pytest.mark.parametrize("path", ["/", "/etc", "/etc/x", "/usr", "/proc/1", "/home", "/var", "/sys/x", "//", "/run/x"])
def test_a_mount_may_not_hide_the_system(problems, path):
    assert "would hide a folder" in problems(GCS_MOUNT_LIST=f"bucket:{path}")[0]


@pytest.mark.parametrize("path", ["/mnt/../etc", "/mnt/./x", "/mnt/a b", "/mnt/$x", '/mnt/"x"', "/mnt/ü"])
def test_a_mount_path_is_plain(problems, path):
    assert len(problems(GCS_MOUNT_LIST=f"bucket:{path}")) == 1


def test_two_mounts_may_not_share_a_path(problems):
    (problem,) = problems(GCS_MOUNT_LIST="one:/mnt/x,two:/mnt/x/")
    assert "twice on /mnt/x" in problem


def test_one_bucket_may_be_mounted_twice(loaded):
    assert len(loaded(GCS_MOUNT_LIST="one:/mnt/x,one:/mnt/y").settings.gcs_mount_list) == 2


def test_a_mount_may_not_hide_the_copied_files(loaded, problems):
    (problem,) = problems(GCS_MOUNT_LIST="one:/data", VM_LOCALFILE_DEST_PATH="/data/files")
    assert "would hide the files" in problem
    assert loaded(GCS_MOUNT_LIST="one:/data/files", VM_LOCALFILE_DEST_PATH="/data/files-too")


@pytest.mark.parametrize("path", ["/usr/aiinfra/copy", "/usr/aiinfra"])
def test_a_mount_may_not_hide_the_files_in_their_default_folder_either(loaded, problems, path):
    (problem,) = problems(GCS_MOUNT_LIST=f"one:{path}")
    assert problem.startswith("VM_LOCALFILE_DEST_PATH=/usr/aiinfra/copy (the default)")
    assert loaded(GCS_MOUNT_LIST=f"one:{path}", VM_LOCALFILE_DEST_PATH="/data")


def test_a_mount_within_the_copied_files_is_noted(loaded):
    notes = loaded(GCS_MOUNT_LIST="one:/data/files/x", VM_LOCALFILE_DEST_PATH="/data/files").notes
    assert any("copied files of that folder would be hidden" in note for note in notes)
    assert not any("hidden" in note for note in loaded(GCS_MOUNT_LIST="one:/data/files/x").notes)


def test_a_mount_comes_after_the_one_that_it_lies_in(loaded):
    mounts = loaded(GCS_MOUNT_LIST="inner:/mnt/a/b,other:/data,outer:/mnt/a,top:/mnt").settings.gcs_mount_list
    assert [m.path for m in mounts] == ["/data", "/mnt", "/mnt/a", "/mnt/a/b"]


@pytest.mark.parametrize(
    ("bucket", "path", "why"),
    [
        ("aiinfra-terraform-my-project-123", None, "TERRAFORM_GCS_PATH is unset"),
        ("state-bucket", "gs://state-bucket/clusters", "TERRAFORM_GCS_PATH names it"),
    ],
)
def test_the_state_bucket_is_not_mounted(problems, bucket, path, why):
    (problem,) = problems(GCS_MOUNT_LIST=f"data:/mnt/a,{bucket}:/mnt/b", TERRAFORM_GCS_PATH=path)
    assert problem.startswith(f"GCS_MOUNT_LIST mounts {bucket}, the bucket of Terraform's state ({why})")


def test_the_projects_default_bucket_may_be_mounted_where_the_state_is_elsewhere(loaded):
    assert loaded(GCS_MOUNT_LIST="aiinfra-terraform-my-project-123:/mnt/b", TERRAFORM_GCS_PATH="gs://state-bucket")


@pytest.mark.parametrize("entry", ["/mnt/a:BASIC_SSD", "/mnt/a:basic_hdd:1024", "/mnt/a:ENTERPRISE:,"])
def test_file_shares_are_not_in_this_version(problems, entry):
    (problem,) = problems(NFS_FILESHARE_LIST=entry)
    assert problem.startswith("NFS_FILESHARE_LIST is not in this version; share a bucket through GCS_MOUNT_LIST")


def test_an_empty_list_of_file_shares_is_fine(problems):
    assert problems(NFS_FILESHARE_LIST=",") == ()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("/mnt/a", "is not </mount/path>:<type>"),
        ("/mnt/a:FAST", "no known type"),
        ("/mnt/a:BASIC_SSD:big", "not a whole number"),
        ("/mnt/a:BASIC_SSD:1023", "out of range"),
        ("/etc:BASIC_SSD", "would hide"),
        ("/mnt/a:BASIC_SSD:1024:x", "is not </mount/path>:<type>"),
        ("/mnt/a:BASIC_SSD,/mnt/a:BASIC_HDD", "twice on /mnt/a"),
    ],
)
def test_malformed_file_shares_get_errors_of_their_own(problems, entry, reason):
    found = problems(NFS_FILESHARE_LIST=entry)
    assert any(reason in p for p in found)
    assert any("not in this version" in p for p in found)
