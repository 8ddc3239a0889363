"""Names that look like ours: clear slips are errors, the rest is pointed out or left in peace."""

from __future__ import annotations

import pytest

from cluster_provision.settings.edit_distance import edits


@pytest.mark.parametrize(
    "name", ["INSTANCE_COUNTS", "INSTANCE_CONUT", "INSTANCECOUNT", "instance_count", "INSTANCE-COUNT"]
)
def test_a_clear_slip_is_an_error_that_names_what_was_meant(problems, name):
    (problem,) = problems(**{name: "4"})
    assert problem.startswith(f"{name} is no parameter, but INSTANCE_COUNT is, and it is unset")


def test_a_slip_beside_the_right_name_is_only_noted(loaded):
    assert any("INSTANCE_COUNTS is no parameter" in n for n in loaded(INSTANCE_COUNTS="4", INSTANCE_COUNT="4").notes)


@pytest.mark.parametrize("name", ["ZONES", "LABEL", "WORKDIR", "OUTPUTS", "IMAGE_FAMLY_NMAE"])
def test_a_near_miss_that_may_be_something_else_is_only_noted(loaded, name):
    assert any(note.startswith(f"{name} is no parameter of this tool") for note in loaded(**{name: "x"}).notes)


def test_an_unset_mandatory_parameter_is_told_with_the_near_miss(problems):
    (problem,) = problems(ZONE=None, ZONES="us-central1-a")
    assert "ZONES is set: is it meant?" in problem


def test_variables_of_other_programs_are_left_in_peace(loaded):
    others = ["PATH", "HOME", "TERM", "HOSTNAME", "CI_PROJECT_ID", "GOOGLE_PROJECT_ID", "NODE_VERSION", "GPG_KEY"]
    others += ["PYTHON_VERSION", "GITHUB_ACTION", "PROJECT", "TF_LOG", "PWD", "SHLVL", "LANG", "HTTPS_PROXY", "ME"]
    assert loaded(**dict.fromkeys(others, "x")).notes == loaded().notes


def test_an_empty_near_miss_counts_as_unset(problems):
    assert problems(INSTANCE_COUNTS="") == ()


@pytest.mark.parametrize("name", ["GCS_PATH", "COPY_DIR_PATH", "STARTUP_SCRIPT", "SETUP_RAY"])
def test_names_of_older_tools_are_pointed_out(loaded, name):
    assert any(
        note.startswith(f"{name} is no parameter of this tool, and is ignored") for note in loaded(**{name: "x"}).notes
    )


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("a", "bcd", 3)],
)
def test_edits_count_letters_added_dropped_changed_and_swapped(left, right, distance):
    assert edits(left, right) == edits(right, left) == distance
