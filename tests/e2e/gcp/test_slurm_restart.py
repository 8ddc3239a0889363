"""A Slurm cluster's controller that dies under load: slurmctld alone, then the whole machine, both without a word."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import controller_of, create, says, states, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.models.containers import Container

    from tests.e2e.tool import Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

EXAMPLE = Path(__file__).parents[3] / "examples/gcp-slurm.list"
FOUR = [f"slurm-demo-hpc-{number}" for number in (1, 2, 3, 4)]
JOB = "cd /home && sbatch --parsable --nodes=2 --output=/home/%j.out --wrap 'sleep {}; srun hostname'"


def quietly(ask: Callable[[], bool]) -> bool:
    """Whether it is so; what is not there, such as slurmctld, is asked again."""
    from docker.errors import APIError

    with contextlib.suppress(AssertionError, APIError):
        return ask()
    return False


def up(controller: Container) -> list[str]:
    return [name for name, its in states(controller).items() if its in ("idle", "alloc", "mix")]


@pytest.fixture(scope="module")
def controller(tool: Tool, slurm_image: str) -> Container:
    return controller_of(tool, create(tool, read_env_file(EXAMPLE, {})))


def test_jobs_go_on_and_nodes_that_power_up_come_whatever_dies_of_the_controller(controller: Container) -> None:
    running, waiting = (says(controller, JOB.format(seconds)) for seconds in (60, 1))
    running_now = f"squeue --noheader --jobs={running} --format=%T"
    assert until(lambda: says(controller, running_now) == "RUNNING")
    says(controller, "slurm-nodes resume slurm-demo-hpc-3")
    assert until(lambda: states(controller)["slurm-demo-hpc-3"].endswith("#"))
    says(controller, "systemctl kill --signal=KILL slurmctld")
    assert until(lambda: quietly(lambda: says(controller, running_now) == "RUNNING"))
    says(controller, "slurm-nodes resume slurm-demo-hpc-4")
    controller.kill()
    controller.start()
    # One that its health check has drained while the controller was away waits for the next: five minutes at most.
    come = [until(lambda: quietly(lambda: up(controller) == FOUR)) for _ in range(2)]
    assert come[-1], says(controller, "sinfo -Nl; sinfo -R; slurm-nodes list")
    ended = f"sacct --noheader --allocations --jobs={running},{waiting} --format=State"
    assert until(lambda: quietly(lambda: set(says(controller, ended).split()) == {"COMPLETED"})), says(
        controller, ended
    )
    for job in (running, waiting):
        assert len(says(controller, f"cat /home/{job}.out").split()) == 2
    assert not [its for its in states(controller).values() if its.startswith("down")]


def test_what_the_data_disk_has_is_what_the_controller_goes_on_with(controller: Container) -> None:
    assert says(controller, "findmnt --noheadings --output TARGET /srv/cluster") == "/srv/cluster"
    kept = says(
        controller, 'python3 -c \'import json; print(*json.load(open("/srv/cluster/power/state.json"))["wanted"])\''
    )
    assert kept.split() == FOUR
    assert int(says(controller, "sacct --noheader --allocations --allusers | wc -l")) >= 2
