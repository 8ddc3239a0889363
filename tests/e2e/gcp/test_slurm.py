"""examples/gcp-slurm.list: a controller, a login node and two of eight nodes boot, a job runs, and all of it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import CONTROLLER, box_named, controller_of, create, says, states, until, users_are_refused

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).parents[3] / "examples/gcp-slurm.list"
ON = ["slurm-demo-hpc-1", "slurm-demo-hpc-2"]
TOKEN = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The example as it stands."""
    return read_env_file(EXAMPLE, {})


@pytest.fixture(scope="module")
def created(tool: Tool, slurm_image: str, settings: dict[str, str]) -> Finished:
    return create(tool, settings)


@pytest.fixture
def controller(tool: Tool, created: Finished) -> Container:
    return controller_of(tool, created)


def test_create_ends_with_two_of_eight_nodes_on_which_a_job_ran(created: Finished, controller: Container) -> None:
    parts = {node["name"]: node["part"] for node in created.result["nodes"]}
    assert parts == {"slurm-demo-login-1": "login", CONTROLLER: "controller", **dict.fromkeys(ON, "node")}
    assert {node["status"] for node in created.result["nodes"]} == {"ready"}
    assert next(check["status"] for check in created.result["checks"] if check["name"] == "proof") == "ok"
    assert sorted(says(controller, "srun --nodes=2 hostname").split()) == ON
    assert until(lambda: [name for name, state in states(controller).items() if state == "idle"] == ON)


def test_users_are_kept_from_the_machines_own_rights(tool: Tool, controller: Container) -> None:
    for box in (controller, box_named(tool, ON[0])):
        assert users_are_refused(box, f"-H Metadata-Flavor:Google {TOKEN}")


def test_every_machine_is_reached_by_the_tool_itself(
    tool: Tool, settings: dict[str, str], controller: Container
) -> None:
    told = tool.run("Run", settings, "hostname")
    assert told.code == 0, told.told
    assert {host["name"]: host["stdout"].strip() for host in told.result["hosts"]} == {
        name: name for name in (CONTROLLER, "slurm-demo-login-1", *ON)
    }


def test_a_user_with_a_job_logs_in_from_node_to_node_without_a_key(controller: Container) -> None:
    inner = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o PubkeyAuthentication=no"
    there = f"if [ $SLURM_PROCID = 0 ]; then {inner} {ON[1]} hostname; else sleep 5; fi"
    asked = f"runuser -u slurm-tool -- srun --chdir=/tmp --nodelist={','.join(ON)} --nodes=2 sh -c '{there}'"
    assert says(controller, asked) == ON[1]


def test_nobody_becomes_root_of_another_node_in_that_way(controller: Container) -> None:
    there = f"ssh -o BatchMode=yes -o PubkeyAuthentication=no root@{ON[1]} id 2>&1 || true"
    assert "Permission denied" in says(controller, f"srun --chdir=/tmp --nodelist={ON[0]} sh -c '{there}'")


def test_a_second_create_changes_nothing_while_a_job_runs(
    tool: Tool, settings: dict[str, str], controller: Container
) -> None:
    job = says(controller, "cd /tmp && sbatch --parsable --nodes=2 --wrap 'sleep 600'")
    assert until(lambda: says(controller, f"squeue --noheader --jobs={job} --format=%T") == "RUNNING")
    again = tool.run("Create", settings)
    assert again.code == 0, again.told
    assert again.result["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert says(controller, f"squeue --noheader --jobs={job} --format=%T") == "RUNNING"
    says(controller, f"scancel {job}")


def test_a_node_is_powered_on_by_name_runs_a_job_and_goes_again(
    tool: Tool, settings: dict[str, str], controller: Container
) -> None:
    resumed = tool.run("Resume", settings, "slurm-demo-hpc-[3-4]")
    assert resumed.code == 0, resumed.told
    assert until(lambda: states(controller)["slurm-demo-hpc-3"] == "idle")
    assert says(controller, "srun --nodelist=slurm-demo-hpc-3 hostname") == "slurm-demo-hpc-3"
    suspended = tool.run("Suspend", settings, "slurm-demo-hpc-[3-4]")
    assert suspended.code == 0, suspended.told
    assert until(lambda: states(controller)["slurm-demo-hpc-3"] == "drain~")
    assert until(lambda: len(tool.nodes()) == 4)


def test_destroy_leaves_nothing(tool: Tool, settings: dict[str, str], controller: Container) -> None:
    destroyed = tool.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert tool.traces() == []
