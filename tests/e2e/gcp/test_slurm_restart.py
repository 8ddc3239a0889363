"""A Slurm cluster's controller that dies under load: slurmctld alone, then the whole machine, both without a word."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from embedded_cloud.engine import names
from tests.e2e.slurm_kit import says, states, until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

EXAMPLE = Path(__file__).parents[3] / "examples/gcp-slurm.list"
CONTROLLER = "slurm-demo-controller"
CREATE_SECONDS = 420
FOUR = [f"slurm-demo-hpc-{number}" for number in (1, 2, 3, 4)]
JOB = "cd /home && sbatch --parsable --nodes=2 --output=/home/%j.out --wrap 'sleep {}; srun hostname'"


@pytest.fixture(scope="module")
def controller(tool: Tool, slurm_image: str) -> Container:
    command = tool.command("Create", read_env_file(EXAMPLE, {}))
    done = subprocess.run(command, capture_output=True, text=True, timeout=CREATE_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return next(box for box in tool.nodes() if box.labels[names.LABEL_INSTANCE] == CONTROLLER)


def test_jobs_go_on_and_nodes_that_power_up_come_whatever_dies_of_the_controller(controller: Container) -> None:
    running, waiting = (says(controller, JOB.format(seconds)) for seconds in (45, 1))
    assert until(lambda: says(controller, f"squeue --noheader --jobs={running} --format=%T") == "RUNNING")
    says(controller, "slurm-nodes resume slurm-demo-hpc-3")
    assert until(lambda: states(controller)["slurm-demo-hpc-3"] == "idle#")
    says(controller, "systemctl kill --signal=KILL slurmctld")
    assert until(lambda: controller.exec_run(["scontrol", "ping"]).exit_code == 0)
    assert states(controller)["slurm-demo-hpc-1"] in ("alloc", "alloc*")
    says(controller, "slurm-nodes resume slurm-demo-hpc-4")
    controller.kill()
    controller.start()
    assert until(lambda: controller.exec_run(["scontrol", "ping"]).exit_code == 0)
    assert until(lambda: [name for name, its in states(controller).items() if its in ("idle", "alloc", "mix")] == FOUR)
    ended = f"sacct --noheader --allocations --jobs={running},{waiting} --format=State"
    assert until(lambda: set(says(controller, ended).split()) == {"COMPLETED"})
    for job in (running, waiting):
        assert len(says(controller, f"cat /home/{job}.out").split()) == 2
    assert "down" not in " ".join(states(controller).values())


def test_what_the_data_disk_has_is_what_the_controller_goes_on_with(controller: Container) -> None:
    assert says(controller, "findmnt --noheadings --output TARGET /srv/cluster") == "/srv/cluster"
    kept = says(
        controller, 'python3 -c \'import json; print(*json.load(open("/srv/cluster/power/state.json"))["wanted"])\''
    )
    assert kept.split() == FOUR
    assert int(says(controller, "sacct --noheader --allocations --allusers | wc -l")) >= 2
