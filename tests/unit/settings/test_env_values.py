"""Docker passes values verbatim: quotes, spaces and bytes are pointed out as what they are."""

from __future__ import annotations

import pytest

from cluster_provision.settings import FileShare


@pytest.mark.parametrize("text", ['"2"', "'2'"])
def test_literal_quotes_are_pointed_out_as_such(problems, text):
    (problem,) = problems(INSTANCE_COUNT=text)
    assert problem.startswith(f"INSTANCE_COUNT={text}: the value has literal quotes")


@pytest.mark.parametrize("name", ["METADATA", "STARTUP_COMMAND"])
def test_literal_quotes_are_pointed_out_without_a_confidential_value(problems, name):
    (problem,) = problems(**{name: "'{ hidden } value'"})
    assert problem == f"{name}: the value has literal quotes, which Docker passes on; remove them"


@pytest.mark.parametrize("text", ["my-project-123 ", " my-project-123", "my-project-123\t", "my-project-123\r"])
def test_white_space_that_would_become_part_of_a_value_is_pointed_out(problems, text):
    (problem,) = problems(PROJECT_ID=text)
    assert problem.startswith("PROJECT_ID=my-project-123: the value ")
    assert "white space" in problem


@pytest.mark.parametrize(
    ("name", "text"), [("INSTANCE_COUNT", "2 "), ("NETWORK_CONFIG", " new_network"), ("GCS_MOUNT_LIST", "abc:/mnt/x ")]
)
def test_white_space_that_can_mean_nothing_is_ignored_and_noted(loaded, name, text):
    found = loaded(**{name: text})
    assert any(note.startswith(f"{name} has white space") for note in found.notes)
    assert found.settings == loaded(**{name: text.strip()}).settings


def test_nothing_but_white_space_counts_as_unset(loaded, problems):
    assert any("counts as unset" in note for note in loaded(IMAGE_NAME="  ").notes)
    assert problems(ZONE=" ") == ("ZONE is not set; it is mandatory, such as ZONE=us-central1-a,us-central1-b",)


def test_bytes_that_are_no_utf8_are_pointed_out(problems):
    text = b"\xff".decode("utf-8", "surrogateescape")
    for name in ("PROJECT_ID", "METADATA", "STARTUP_COMMAND", "TERRAFORM_GCS_PATH"):
        assert problems(**{name: text}) == (f"{name} is not valid UTF-8; save the env file as UTF-8",)


def test_an_alias_sets_its_parameter(loaded):
    assert loaded(NFS_FILESTORE_LIST="/mnt/a:BASIC_SSD").settings.nfs_fileshare_list == (
        FileShare("/mnt/a", "BASIC_SSD"),
    )


def test_an_alias_and_its_parameter_may_not_differ(problems):
    found = problems(NFS_FILESTORE_LIST="/mnt/a:BASIC_SSD", NFS_FILESHARE_LIST="/mnt/b:BASIC_SSD")
    assert any("have different values" in p for p in found)


@pytest.mark.parametrize(
    ("name", "text", "disabled"),
    [
        ("DISABLE_OPS_AGENT", "true", True),
        ("ENABLE_OPS_AGENT", "false", True),
        ("DISABLE_OPS_AGENT", "No", False),
        ("ENABLE_OPS_AGENT", "TRUE", False),
        ("ENABLE_OPS_AGENT", "", False),
    ],
)
def test_the_ops_agent_is_left_out_where_one_name_says_so(loaded, name, text, disabled):
    assert loaded(**{name: text}).settings.disable_ops_agent is disabled


def test_a_bad_value_of_an_alias_is_named_as_it_was_written(problems):
    (problem,) = problems(ENABLE_OPS_AGENT="sometimes")
    assert problem.startswith("ENABLE_OPS_AGENT=sometimes is none of the allowed values")


def test_both_ways_of_the_ops_agent_may_agree_but_not_differ(problems):
    assert problems(DISABLE_OPS_AGENT="true", ENABLE_OPS_AGENT="false") == ()
    assert any("different values" in p for p in problems(DISABLE_OPS_AGENT="true", ENABLE_OPS_AGENT="true"))
