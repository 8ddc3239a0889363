"""examples/azure-slurm.list: a controller, a login node and two of eight nodes boot, a job runs, and all of it goes."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import CONTROLLER, box_named, controller_of, create, says, states, until, users_are_refused

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).parents[3] / "examples/azure-slurm.list"
COMMAND = "sbatch --nodes=2 --output=job.out --wrap='srun hostname; sleep 8; echo result=$((40 + 2))'"
INSTANCE = "http://169.254.169.254/metadata/instance?api-version=2021-02-01"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The example as it stands, with a key of the user's own, a vault, and a job to run."""
    batch = {"STARTUP_COMMAND": COMMAND, "WAIT_FOR_STARTUP_COMMAND": "yes"}
    own = {"SSH_PATH": "/keys/id_ed25519.pub", "SSH_KEY_FILE": "", "KEY_VAULT": "yes"}
    return {**read_env_file(EXAMPLE, {}), **own, **batch}


@pytest.fixture(scope="module")
def azure(tool: Tool, slurm_image: str, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The tool, with the user's keys mounted."""
    keys = tmp_path_factory.mktemp("keys")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519")], check=True)
    return replace(tool, mounts={**tool.mounts, str(keys): "/keys"})


@pytest.fixture(scope="module")
def created(azure: Tool, settings: dict[str, str]) -> Finished:
    return create(azure, settings)


@pytest.fixture
def controller(azure: Tool, created: Finished) -> Container:
    return controller_of(azure, created)


def test_create_ends_with_two_of_eight_nodes_on_which_a_job_ran(created: Finished, controller: Container) -> None:
    parts = {node["name"]: node["part"] for node in created.result["nodes"]}
    assert parts == {
        "slurm-demo-login-1": "login",
        CONTROLLER: "controller",
        "slurm-demo-hpc-1": "node",
        "slurm-demo-hpc-2": "node",
    }
    assert {node["status"] for node in created.result["nodes"]} == {"ready"}
    assert next(check["status"] for check in created.result["checks"] if check["name"] == "proof") == "ok"
    hosts = says(controller, "srun --nodes=2 hostname").split()
    assert sorted(hosts) == ["slurm-demo-hpc-1", "slurm-demo-hpc-2"]
    # A node whose job has just ended is still completing it.
    assert until(lambda: [name for name, state in states(controller).items() if state == "idle"] == sorted(hosts))


def test_the_command_ran_once_as_the_admin_and_create_waited_for_its_job(
    azure: Tool, settings: dict[str, str], created: Finished, controller: Container
) -> None:
    assert "startup command: ended well on slurm-demo-login-1: 1 job" in created.told
    (output,) = created.result["outputs"]
    job = output["text"].partition("job.out <==\n")[2].split()
    assert sorted(job) == ["result=42", "slurm-demo-hpc-1", "slurm-demo-hpc-2"]
    assert says(controller, "cat /home/azureuser/job.out").split() == job
    assert azure.run("Create", settings).code == 0
    assert says(controller, "sacct --allusers --noheader --allocations --name=wrap --format=State") == "COMPLETED"


def test_homes_accounting_and_keys_are_on_the_controllers_data_disk(controller: Container) -> None:
    assert says(controller, "findmnt --noheadings --output TARGET /srv/cluster") == "/srv/cluster"
    assert says(controller, "stat --format=%a /srv/cluster/secrets") == "700"
    says(controller, "readlink -e /dev/disk/azure/scsi1/lun0")
    noted = json.loads(says(controller, "cat /srv/cluster/secrets/vault.json"))
    assert noted.keys() == {"munge-key", "database-password"}


def test_the_vault_has_what_the_controller_put_there(azure: Tool, settings: dict[str, str], created: Finished) -> None:
    checks = {check["name"]: check for check in azure.run("Status", settings).result["checks"]}
    assert (checks["key vault"]["status"], checks["key vault"]["detail"].partition(" keeps ")[2]) == (
        "ok",
        "munge-key, database-password",
    )


def test_the_file_system_follows_a_disk_that_has_grown(controller: Container) -> None:
    disk = says(controller, "readlink -e /dev/disk/azure/scsi1/lun0")
    says(controller, f"echo {20 * 2**30} >{disk}/size")
    says(controller, "cd /usr/local/lib/cluster-provision/program/current && python3 -m node.slurm_cloud grow")
    assert says(controller, f"cat {disk}/held") == str(20 * 2**30)


def test_users_are_kept_from_the_machines_own_rights(azure: Tool, controller: Container) -> None:
    for box in (controller, box_named(azure, "slurm-demo-hpc-1")):
        assert users_are_refused(box, f"-H Metadata:true '{INSTANCE}'")


@pytest.mark.long  # the same is done on Google Cloud for `make test`
def test_a_node_is_powered_on_by_name_runs_a_job_and_goes_again(
    azure: Tool, settings: dict[str, str], controller: Container
) -> None:
    resumed = azure.run("Resume", settings, "slurm-demo-hpc-3")
    assert resumed.code == 0, resumed.told
    assert until(lambda: states(controller)["slurm-demo-hpc-3"] == "idle")
    assert says(controller, "srun --nodelist=slurm-demo-hpc-3 hostname") == "slurm-demo-hpc-3"
    suspended = azure.run("Suspend", settings, "slurm-demo-hpc-3")
    assert suspended.code == 0, suspended.told
    assert until(lambda: states(controller)["slurm-demo-hpc-3"] == "drain~")
    assert until(lambda: len(azure.nodes()) == 4)


def test_destroy_leaves_nothing(azure: Tool, settings: dict[str, str], controller: Container) -> None:
    destroyed = azure.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert azure.traces() == []
