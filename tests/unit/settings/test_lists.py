"""Comma lists: empty entries are skipped, each bad one is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster_provision.settings import BucketMount, FileShare
from cluster_provision.settings.readers.gcp.file_shares import TIERS


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


NODE = Path(__file__).resolve().parents[3] / "node"
OWN_FOLDERS = re.findall(
    r"^(?:STATE_FOLDER|LOG_FOLDER|RAY_VENV|RAY_FOLDER)=(?:\$NODE_ROOT)?(\S+)$",
    (NODE / "prelude.sh").read_text() + (NODE / "steps/ray_install.sh").read_text(),
    re.MULTILINE,
)


def test_neither_mounts_nor_files_come_into_the_bootstraps_own_folders(problems):
    assert len(OWN_FOLDERS) == 4
    for path in (*OWN_FOLDERS, f"{OWN_FOLDERS[0]}/below"):
        assert "would hide a folder" in problems(GCS_MOUNT_LIST=f"bucket:{path}")[0]
        assert "is not a folder for files" in problems(VM_LOCALFILE_DEST_PATH=path)[0]


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
    assert any("it would hide files that are copied to that folder" in note for note in notes)
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
def test_mounting_the_state_bucket_is_noted(loaded, bucket, path, why):
    notes = loaded(GCS_MOUNT_LIST=f"data:/mnt/a,{bucket}:/mnt/b", TERRAFORM_GCS_PATH=path).notes
    assert any(n.startswith(f"GCS_MOUNT_LIST mounts {bucket}, which also holds Terraform's state") for n in notes)
    assert any(why in n and "can't read or write its folders" in n for n in notes)


def test_the_projects_default_bucket_is_another_where_the_state_is_elsewhere(loaded):
    found = loaded(GCS_MOUNT_LIST="aiinfra-terraform-my-project-123:/mnt/b", TERRAFORM_GCS_PATH="gs://state-bucket")
    assert found.notes == loaded().notes


@pytest.mark.parametrize(
    ("entry", "tier", "size"),
    [
        ("/mnt/a:BASIC_SSD", "BASIC_SSD", 2560),
        ("/mnt/a: basic_hdd : 1024", "BASIC_HDD", 1024),
        ("/mnt/a:ENTERPRISE:,", "ENTERPRISE", 2560),
        ("/mnt/a/:HIGH_SCALE_SSD:10240", "ZONAL", 10240),
        ("/mnt/a:HIGH_SCALE_SSD", "ZONAL", 2560),
        ("/mnt/a:PREMIUM:3000", "BASIC_SSD", 3000),
        ("/mnt/a:standard:1025", "BASIC_HDD", 1025),
        ("/mnt/a:REGIONAL:1024", "REGIONAL", 1024),
    ],
)
def test_file_shares(loaded, entry, tier, size):
    assert loaded(NFS_FILESHARE_LIST=entry).settings.nfs_fileshare_list == (FileShare("/mnt/a", tier, size),)


def test_a_share_comes_after_the_one_that_it_lies_in(loaded):
    shares = loaded(NFS_FILESHARE_LIST="/mnt/a/b:BASIC_SSD,/data:BASIC_HDD,/mnt/a:ZONAL").settings.nfs_fileshare_list
    assert [s.path for s in shares] == ["/data", "/mnt/a", "/mnt/a/b"]


def test_a_share_and_a_bucket_may_not_have_one_path(problems):
    (problem,) = problems(GCS_MOUNT_LIST="one:/mnt/x", NFS_FILESHARE_LIST="/mnt/x/:BASIC_SSD")
    assert problem.startswith("GCS_MOUNT_LIST and NFS_FILESHARE_LIST both mount on /mnt/x")


def test_a_share_may_not_hide_a_bucket(loaded, problems):
    (problem,) = problems(GCS_MOUNT_LIST="one:/mnt/x/y,two:/mnt/z", NFS_FILESHARE_LIST="/mnt/x:BASIC_SSD")
    assert "would hide the bucket that GCS_MOUNT_LIST mounts on /mnt/x/y" in problem
    assert loaded(GCS_MOUNT_LIST="one:/mnt/x", NFS_FILESHARE_LIST="/mnt/x/y:BASIC_SSD")


def test_a_share_may_not_hide_the_copied_files(loaded, problems):
    (problem,) = problems(NFS_FILESHARE_LIST="/usr/aiinfra:BASIC_SSD")
    assert "the share that NFS_FILESHARE_LIST mounts on /usr/aiinfra would hide the files" in problem
    notes = loaded(NFS_FILESHARE_LIST="/data/x:BASIC_SSD", VM_LOCALFILE_DEST_PATH="/data").notes
    assert any("NFS_FILESHARE_LIST mounts a share on /data/x" in note for note in notes)


def test_every_tier_is_made_in_the_default_size(loaded):
    text = ",".join(f"/mnt/{tier.lower()}:{tier}" for tier in TIERS)
    assert {share.size_gb for share in loaded(NFS_FILESHARE_LIST=text).settings.nfs_fileshare_list} == {2560}


def test_an_empty_list_of_file_shares_is_fine(problems):
    assert problems(NFS_FILESHARE_LIST=",") == ()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("/mnt/a", "is not </mount/path>:<type>"),
        ("/mnt/a:", "no known type; allowed are BASIC_HDD, BASIC_SSD, ZONAL, REGIONAL, ENTERPRISE"),
        ("/mnt/a:FAST", "no known type"),
        ("/mnt/a:BASIC_SSD:big", "not a whole number"),
        ("/mnt/a:BASIC_HDD:1023", "a size that BASIC_HDD doesn't come in; allowed are 1024 to 65434 GB"),
        ("/mnt/a:BASIC_SSD:2559", "allowed are 2560 to 65434 GB"),
        ("/mnt/a:BASIC_SSD:65435", "allowed are 2560 to 65434 GB"),
        ("/mnt/a:ZONAL:1025", "allowed are 1024 to 9984 in steps of 256 or 10240 to 102400 in steps of 2560 GB"),
        ("/mnt/a:HIGH_SCALE_SSD:11000", "a size that ZONAL doesn't come in"),
        ("/mnt/a:ENTERPRISE:10496", "allowed are 1024 to 10240 in steps of 256 GB"),
        ("/mnt/a:REGIONAL:100", "allowed are 1024 to 10239 or 10240 to 102400 in steps of 2560 GB"),
        ("/etc:BASIC_SSD", "would hide"),
        ("/mnt/a:BASIC_SSD:2560:x", "is not </mount/path>:<type>"),
        ("/mnt/a:BASIC_SSD,/mnt/a:BASIC_HDD", "twice on /mnt/a"),
    ],
)
def test_malformed_file_shares_get_errors_of_their_own(problems, entry, reason):
    (problem,) = problems(NFS_FILESHARE_LIST=entry)
    assert problem.startswith("NFS_FILESHARE_LIST") and reason in problem


def test_checks_to_skip_are_named_in_any_case_and_kept_in_one_order(loaded):
    assert loaded(SKIP_CHECKS="price, APIs,,Price").settings.skip_checks == ("apis", "price")


def test_a_check_that_there_is_not_is_refused_with_those_there_are(problems):
    (problem,) = problems(SKIP_CHECKS="price,disks")
    assert problem.startswith("SKIP_CHECKS: entry 2 (disks) is none of the allowed values: apis, permissions, quotas")


def test_zones_keep_their_order_and_tell_their_regions(loaded):
    settings = loaded(ZONE="us-east4-b, us-central1-a,us-east4-a").settings
    assert settings.zone == ("us-east4-b", "us-central1-a", "us-east4-a")
    assert (settings.first_zone, settings.region) == ("us-east4-b", "us-east4")
    assert settings.regions == ("us-east4", "us-central1")


def test_a_zone_stands_once_in_the_list(problems):
    assert problems(ZONE="us-east4-b,us-central1-a,us-east4-b") == (
        "ZONE=us-east4-b,us-central1-a,us-east4-b names us-east4-b twice; name each zone once",
    )


def test_each_bad_zone_of_a_list_is_named(problems):
    found = problems(ZONE="us-east4,us-central1-a,here")
    assert [p[:24] for p in found] == ["ZONE: entry 1 (us-east4)", "ZONE: entry 3 (here) is "]
