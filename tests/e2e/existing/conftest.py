"""Machines with GPUs that exist already, and the env file of a Slurm cluster on them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import script
from tests.e2e.existing.machine import Machine

if TYPE_CHECKING:
    from tests.e2e.tool import Tool

NAMES = ("head", "node1", "node2", "node3")


@pytest.fixture(scope="module")
def release() -> str:
    """The machines' release of Debian."""
    return "12"


@pytest.fixture(scope="module")
def conditions(release: str) -> dict[str, Any]:
    """What the machines have: the nodes two GPUs each."""
    return {"existing": {"release": release}, "machines": {name: {"gpus": 2} for name in NAMES if name != "head"}}


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The env file: accounting, a share, users; two of the three nodes."""
    return {
        "CLOUD": "existing",
        "ORCHESTRATOR_TYPE": "slurm",
        "NAME_PREFIX": "vega",
        "CONTROLLER": "head=10.20.0.10",
        "NODES": "node[1-2]",
        "SSH_USER": "ops",
        "SSH_HOST_KEYS": "accept-new",
        "ACCOUNTING": "local",
        "NFS_EXPORTS": "/export/shared:*(rw,sync,no_root_squash)",
        "NFS_MOUNTS": "/export/shared:/mnt/shared:async,vers=3",
        "USERS_FILE": "/config/users",
        "NCCL_TESTS": "/opt/nccl-tests/build",
    }


@pytest.fixture(scope="module")
def slurm(
    tool: Tool,
    existing_image: str,
    release: str,
    settings: dict[str, str],
    conditions: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Tool:
    """The tool, with a file of users, on a cloud whose machines are as the conditions say."""
    if release != "12":
        script("images.sh", f"node-existing-{release}")
    config, cloud = tmp_path_factory.mktemp("config"), tmp_path_factory.mktemp("cloud")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "desk", "-f", config / "key"], check=True)
    key = (config / "key.pub").read_text()
    (config / "users").write_text(f"alice:20001:{key}bob:20002:20000:{key}")
    (cloud / "conditions.json").write_text(json.dumps(conditions))
    settings["REHEARSE_DIR"] = str(cloud)  # the run and the cloud's container must see it by the same path
    return replace(tool, mounts={**tool.mounts, str(config): "/config", str(cloud): str(cloud)})


@pytest.fixture(scope="module")
def machines(slurm: Tool) -> dict[str, Machine]:
    return {name: Machine(slurm.engine, name) for name in NAMES}


@pytest.fixture(scope="module")
def head(machines: dict[str, Machine]) -> Machine:
    return machines["head"]


@pytest.fixture(scope="module")
def untouched(slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]) -> dict[str, frozenset[str]]:
    """What each machine was before the first Create: booted, and looked at by Validate, which changes nothing."""
    looked = slurm.run("Validate", {**settings, "NODES": "node[1-3]"})
    assert looked.code == 0, looked.told
    return {name: machine.state() for name, machine in machines.items()}
