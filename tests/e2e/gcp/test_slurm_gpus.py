"""A Slurm cluster whose nodes have GPUs, made up by the rehearsal, and whose homes are on a file server.

Its first Create fails on the controller, and the second one, with mended settings, finds the same machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NodeSetupError
from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import CONTROLLER, box_named, controller_of, create, says, states, until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

EXAMPLE = Path(__file__).parents[3] / "examples/gcp-slurm.list"
LOGIN = "slurm-demo-login-1"
NODES = ["slurm-demo-hpc-1", "slurm-demo-hpc-2"]
NODE_SETUP = NodeSetupError.exit_code
HEALTH = "/usr/local/lib/cluster-provision/slurm/health"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The example with two GPUs a node, and homes on Filestore."""
    gpus = {"VM_TYPE": "g2-standard-24", "MAX_NODES": "2"}
    return {**read_env_file(EXAMPLE, {}), **gpus, "SHARED_STORAGE": "filestore"}


@pytest.fixture(scope="module")
def failed(tool: Tool, slurm_image: str, settings: dict[str, str]) -> Finished:
    return create(tool, {**settings, "NODE_COMMAND_CONTROLLER": "exit 7"})


@pytest.fixture(scope="module")
def created(tool: Tool, failed: Finished, settings: dict[str, str]) -> Finished:
    return create(tool, settings)


@pytest.fixture
def controller(tool: Tool, created: Finished) -> Container:
    return controller_of(tool, created)


def test_a_controller_whose_set_up_failed_takes_mended_settings(
    tool: Tool, failed: Finished, created: Finished
) -> None:
    assert failed.code == NODE_SETUP, failed.told
    assert "the command ended with status 7" in failed.told
    assert created.code == 0, created.told
    assert created.result["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_every_machine_has_its_homes_from_the_file_server(tool: Tool, controller: Container) -> None:
    mounts = {
        name: says(box_named(tool, name), "grep ' /home nfs ' /etc/fstab") for name in (CONTROLLER, LOGIN, *NODES)
    }
    (share,) = {line.split()[0] for line in mounts.values()}
    assert not share.startswith(CONTROLLER)
    says(controller, "mountpoint /home && install -d -o slurm-tool /home/slurm-tool && echo met >/home/slurm-tool/note")
    assert {says(box_named(tool, name), "cat /home/slurm-tool/note") for name in (LOGIN, *NODES)} == {"met"}


def test_a_job_gets_the_gpus_that_it_asks_for_and_no_more(controller: Container) -> None:
    assert says(controller, f"scontrol show node {NODES[0]} | grep -o 'Gres=gpu:l4:2'")
    asked = "--nodes=1 --gres=gpu:1 printenv CUDA_VISIBLE_DEVICES"
    assert says(controller, f"cd /tmp && srun {asked}") == "0"
    refused = controller.exec_run(["sh", "-c", "cd /tmp && srun --nodes=1 --gres=gpu:3 true"])
    assert refused.exit_code != 0


def test_small_jobs_that_name_no_memory_share_a_node(controller: Container) -> None:
    one = f"sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist={NODES[0]} --ntasks=1 --wrap 'sleep 300'"
    jobs = [says(controller, one) for _ in range(2)]
    running = f"squeue --noheader --jobs={','.join(jobs)} --format=%T"
    assert until(lambda: says(controller, running).split() == ["RUNNING", "RUNNING"])
    says(controller, f"scancel {' '.join(jobs)}")


def test_a_node_that_lost_a_gpu_is_drained_and_put_back_once_it_has_it(tool: Tool, controller: Container) -> None:
    node = box_named(tool, NODES[1])
    assert until(lambda: states(controller)[NODES[1]] == "idle")
    says(node, 'sed -i.whole \'s/"gpus": 2/"gpus": 1/\' /etc/rehearsal/machine.json')
    says(node, HEALTH)
    assert states(controller)[NODES[1]] == "drain"
    assert "cluster-provision: health: the driver sees 1 of 2 GPUs" in says(controller, "sinfo --noheader --format=%E")
    says(node, "mv /etc/rehearsal/machine.json.whole /etc/rehearsal/machine.json")
    says(node, HEALTH)
    assert until(lambda: states(controller)[NODES[1]] == "idle")  # a moment without an answer before


def test_destroy_leaves_nothing(tool: Tool, settings: dict[str, str], controller: Container) -> None:
    destroyed = tool.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert tool.traces() == []
