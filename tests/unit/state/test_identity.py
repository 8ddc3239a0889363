"""Who a run is, and whether its process is still there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cluster_provision.state.identity import RUN_VARIABLE, Identity, identity_of, job_of, life_of

GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}


@pytest.mark.parametrize(
    ("environ", "job"),
    [
        ({}, ""),
        (GITHUB, "https://github.com/a/b/actions/runs/7"),
        ({"CI_JOB_URL": "https://gitlab.com/a/-/jobs/1", "CI_JOB_ID": "1"}, "https://gitlab.com/a/-/jobs/1"),
        ({"CI_JOB_ID": "1"}, "job 1"),
        ({"BUILD_URL": "https://jenkins/job/x/3/", "BUILD_ID": "3"}, "https://jenkins/job/x/3/"),
        ({"BUILD_URL": "https://me:hunter2@jenkins/job/x/3/", "BUILD_NUMBER": "3"}, "build 3"),
        ({"GITHUB_RUN_ID": "7"}, ""),
        (
            {"SYSTEM_COLLECTIONURI": "https://dev/o/", "SYSTEM_TEAMPROJECT": "p", "BUILD_BUILDID": "9"},
            "https://dev/o/p/_build/results?buildId=9",
        ),
    ],
)
def test_the_ci_job_is_told_by_its_address_and_never_with_a_password(environ: dict[str, str], job: str) -> None:
    assert job_of(environ) == job


def test_nothing_else_of_the_environment_is_told() -> None:
    told = json.dumps(identity_of("create", {**GITHUB, "GITHUB_TOKEN": "hunter2"}).to_json())
    assert "hunter2" not in told


def test_it_survives_being_written_and_an_object_of_another_version_is_understood() -> None:
    here = identity_of("create", GITHUB)
    assert Identity.from_json(json.loads(json.dumps(here.to_json()))) == here
    assert Identity.from_json({"run": "r", "pid": "many", "new": 1}).pid == -1


def test_this_process_lives() -> None:
    assert life_of(identity_of("create", {})) == "alive"


def test_one_that_has_ended_here_is_gone() -> None:
    here = identity_of("create", {})
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        ended = replace(here, pid=child.pid)
        child.wait()
    assert life_of(ended) == "gone"


def test_another_process_of_that_number_is_not_that_one() -> None:
    here = identity_of("create", {})
    assert life_of(replace(here, process=here.process - 1)) == "gone"


def test_one_that_is_dead_and_not_yet_buried_is_gone() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert life_of(replace(identity_of("create", {}), pid=child.pid)) == "gone"
    child.wait()


def test_a_terraform_that_it_has_left_is_waited_for() -> None:
    here = identity_of("create", {})
    dead = replace(here, process=here.process - 1)
    left = subprocess.Popen(["sleep", "60"], env={**os.environ, RUN_VARIABLE: here.run})
    environment = Path(f"/proc/{left.pid}/environ")
    while here.run.encode() not in environment.read_bytes():  # the kernel shows it a moment after the program began
        assert left.poll() is None
    assert life_of(dead) == "ending"
    left.kill()
    left.wait()
    assert life_of(dead) == "gone"


@pytest.mark.parametrize(
    "other",
    [{"boot": "x"}, {"container": "pid:[1]"}, {"host": "x"}, {"boot": ""}, {"container": ""}, {"pid": -1}],
    ids=str,
)
def test_of_another_machine_or_container_nothing_is_known(other: dict[str, str]) -> None:
    assert life_of(replace(identity_of("create", {}), process=1, **other)) == "unknown"
