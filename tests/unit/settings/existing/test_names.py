"""Names that are other clouds' or other tools', beside those of machines that exist already."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load


def test_parameters_of_other_clouds_are_ignored_in_one_line(loaded):
    (note,) = loaded(INSTANCE_COUNT="2", SKU="x", WORK_DIR="/w", MAX_HOURLY_COST="3").notes
    assert note.startswith("ignored with CLOUD=existing, as parameters of another cloud: ")
    assert set(note.rpartition(": ")[2].split(", ")) == {"INSTANCE_COUNT", "SKU", "WORK_DIR", "MAX_HOURLY_COST"}


@pytest.mark.parametrize(("name", "ours"), [("ADMIN", "SSH_USER"), ("SSH_PATH", "SSH_KEY_FILE")])
def test_what_another_cloud_calls_otherwise_is_not_lost(problems, name, ours):
    (problem,) = problems(**{name: "x"})
    assert f"{name} is a parameter of CLOUD=azure" in problem and f"which has {ours} instead" in problem


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("CONTROLER", "head", "CONTROLLER=head"),
        ("CONTROLLERS", "head", "CONTROLLER=head"),
        ("HEAD_NODE", "head", "CONTROLLER=head"),
        ("SLURM_CONTROLLER", "head", "CONTROLLER=head"),
        ("DRY_RUN", "yes", "REHEARSE=plan"),
    ],
)
def test_a_slip_that_much_hangs_on_is_an_error_with_the_right_line(problems, name, text, line):
    (problem,) = problems(**{name: text})
    assert line in problem


@pytest.mark.parametrize("name", ["SLURM_PARTITIONS", "ANSIBLE_USER", "BASTION_HOST", "NODE_LIST", "STORAGE_NODE"])
def test_what_others_call_it_is_pointed_out(loaded, name):
    assert [note for note in loaded(**{name: "x"}).notes if note.startswith(f"{name} is no parameter of this tool; ")]


def test_npms_variable_stops_nothing(loaded):
    assert loaded(NODE="/usr/bin/node").notes == ()


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ({"INVENTORY": "/x"}, "PROJECT_ID"),
        ({"CONTROLLER": "head", "NODES": "n[1-3]"}, "PROJECT_ID"),
        ({"CLOUD": "azure", "CONTROLLER": "head"}, "SUBSCRIPTION_ID"),
    ],
)
def test_without_the_cloud_an_env_file_of_existing_machines_says_what_is_missing(given, instead):
    with pytest.raises(SettingsError) as failure:
        load({"NAME_PREFIX": "vega", **given}, "Create")
    lines = [line for line in failure.value.problems if "is a parameter of CLOUD=existing" in line]
    assert len(lines) == 1 and f"which has {instead} instead" in lines[0] and "or set CLOUD=existing" in lines[0]


def test_a_number_of_nodes_is_not_a_list_of_machines(problems):
    assert "is a number, not a host's name" in problems(NODES="4")[0]


def test_on_clouds_a_list_of_machines_is_another_clouds():
    environ = {"PROJECT_ID": "my-project-123", "NAME_PREFIX": "a", "ZONE": "us-central1-a", "NODES": "n[1-3]"}
    assert "ignored with CLOUD=gcp, as parameters of another cloud: NODES" in load(environ, "Create").notes
