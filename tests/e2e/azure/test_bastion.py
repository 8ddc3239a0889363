"""A Slurm cluster behind Azure Bastion: the tool reaches every machine's sshd by a tunnel, and ssh does by the tool."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import create

if TYPE_CHECKING:
    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]  # tunnels are shown by unit tests, the cluster by test_slurm.py

EXAMPLE = Path(__file__).parents[3] / "examples/azure-slurm.list"
NODE = "slurm-demo-hpc-1"
OPTIONS = ("IdentitiesOnly=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The example with Bastion as the way in, one node, and a key of the user's own."""
    own = {"SSH_PATH": "/keys/id_ed25519.pub", "SSH_KEY_FILE": "", "INSTANCE_COUNT": "1", "OUTPUT_DIR": "/scripts"}
    return {**read_env_file(EXAMPLE, {}), **own, "ACCESS": "bastion", "ALLOWED_CIDRS": ""}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = tmp_path_factory.mktemp("keys")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519")], check=True)
    return keys


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


@pytest.fixture(scope="module")
def azure(tool: Tool, slurm_image: str, keys: Path, scripts: Path) -> Tool:
    """The tool, with the user's keys, and a folder for the scripts, mounted."""
    return replace(tool, mounts={**tool.mounts, str(keys): "/keys", str(scripts): "/scripts"})


@pytest.fixture(scope="module")
def created(azure: Tool, settings: dict[str, str]) -> Finished:
    return create(azure, settings)


def test_create_writes_the_scripts(created: Finished, scripts: Path) -> None:
    assert created.code == 0, created.told
    assert (scripts / "bastion_ssh_login.sh").stat().st_mode & 0o111


def test_a_command_runs_on_every_machine(azure: Tool, settings: dict[str, str], created: Finished) -> None:
    ran = azure.run("Run", settings, "hostname")
    assert ran.code == 0, ran.told
    assert {each["name"]: each["stdout"].strip() for each in ran.result["hosts"]} == {
        name: name for name in ("slurm-demo-controller", "slurm-demo-login-1", NODE)
    }


def test_ssh_reaches_a_node_by_the_tool(azure: Tool, settings: dict[str, str], keys: Path, created: Finished) -> None:
    command = azure.command("Connect", settings, "--stdio", NODE)
    command[command.index("OUTPUT=json")] = "OUTPUT=text"
    command.insert(command.index("--rm"), "-i")
    proxy = shlex.join(command)
    options = [word for option in (*OPTIONS, f"ProxyCommand={proxy}") for word in ("-o", option)]
    ssh = ["ssh", "-i", str(keys / "id_ed25519"), *options, f"azureuser@{NODE}", "hostname"]
    done = subprocess.run(ssh, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.strip() == NODE, done.stderr


def test_destroy_leaves_nothing(azure: Tool, settings: dict[str, str], created: Finished) -> None:
    destroyed = azure.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert azure.traces() == []
