"""What a user's last job leaves on a node goes with it, and nothing of anybody else's does."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.node_scripts import FOLDER
from cluster_provision.slurm.plan import Folder
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import command, each, plan

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "/etc/slurm/epilog.d/80-last-job-of-user"
OPTIONAL = "/usr/local/lib/cluster-provision/slurm/optional"


@pytest.mark.parametrize(
    ("machine", "changes", "there"),
    [
        ("lyra01", {}, True),
        ("lyra01", {"logins": ("lyra01",)}, False),
        ("lyra01", {"controller": "lyra01"}, False),
        ("lyra01", {"nfs_server": "lyra01"}, False),
    ],
)
def test_nobodys_processes_are_ended_where_users_log_in(machine: str, changes: dict[str, object], there: bool) -> None:
    assert (SCRIPT in files(plan(machine, **changes))) is there


def test_scripts_that_some_sites_want_lie_beside_and_are_not_run() -> None:
    here = files(plan())
    assert here[f"{OPTIONAL}/prolog-50-gpus"].mode == "0755"
    assert here[f"{OPTIONAL}/README"].mode == "0644"
    assert [path for path in here if path.startswith("/etc/slurm/prolog.d")] == []


class Node:
    """A node with fake programs, on which a job of this process's own user has just ended."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.left = folder, folder / "tmp" / "left"
        self.left.parent.mkdir()
        self.left.write_text("x")
        self.program("pkill", 'echo "$@" >>"$CALLS"')

    def program(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def epilog(self, **variables: str) -> str:
        """Run the script; returns what pkill was called with."""
        given = {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "CALLS": str(self.folder / "calls"),
            "SLURM_JOB_ID": "7",
            "SLURM_JOB_UID": str(os.getuid()),
            "SLURM_JOB_USER": "ada",
            "LEAST_UID": "0",
            "EXCEPTIONS_FILE": str(self.folder / "exceptions"),
            "CLEANED_FOLDERS": str(self.left.parent),
            **variables,
        }
        subprocess.run(["bash", str(FOLDER / "epilog.d/80-last-job-of-user.sh")], env=given, check=True)
        calls = self.folder / "calls"
        return calls.read_text() if calls.exists() else ""


HEADER = "echo 'PID JOBID STEPID LOCALID GLOBALID'"


@pytest.mark.parametrize(
    "script",
    [f"{HEADER}; echo '{os.getpid()} 7 0 0 0'", "echo 'No job steps exist on this node.' >&2; exit 1"],
    ids=["the job itself", "no job"],
)
def test_the_last_job_takes_processes_and_files_along(script: str, tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.program("scontrol", script)
    assert node.epilog() == f"-KILL -U {os.getuid()}\n"
    assert not node.left.exists()


@pytest.mark.parametrize(
    "script",
    [f"{HEADER}; echo '{os.getpid()} 8 extern - -'", "exit 1"],
    ids=["another job of the user", "nobody can tell"],
)
def test_while_another_job_may_be_there_nothing_is_touched(script: str, tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.program("scontrol", script)
    assert node.epilog() == ""
    assert node.left.exists()


@pytest.mark.parametrize("variables", [{"LEAST_UID": str(os.getuid() + 1)}, {"SLURM_JOB_USER": "ubuntu"}])
def test_the_systems_users_and_the_exceptions_are_left_alone(variables: dict[str, str], tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.program("scontrol", HEADER)
    (tmp_path / "exceptions").write_text("root\nubuntu\n")
    assert node.epilog(**variables) == ""


def test_a_gpu_that_refuses_its_power_limit_is_named(tmp_path: Path) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\ncase "$*" in *query*) printf "0, 700.00\\n1, 700.00\\n" ;; *id=1*) exit 1 ;; esac\n')
    program.chmod(0o755)
    run = subprocess.run(
        ["bash", str(FOLDER / "optional/prolog-50-gpus.sh")],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (4, "GPU 1: power limit 700 W refused\n")


def test_what_jobs_write_for_a_while_is_theirs_and_folders_in_memory_go_with_the_cluster() -> None:
    here = plan(containers=True)
    temporary = next(folder for folder in each(here, Folder) if folder.path == "/tmp/slurm")
    assert (temporary.mode, temporary.data, temporary.once) == ("1777", True, True)
    assert {"/run/slurm", "/run/slurm-containers"} <= set(command(here, "folders in memory").undo)
