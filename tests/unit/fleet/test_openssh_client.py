"""OpenSSH's own client by the configuration that Connect prints: through the tool, and only to who proves itself."""

from __future__ import annotations

import pickle
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.connection.ssh_config import known_hosts, ssh_config

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm

ROOT = Path(__file__).parents[3]
TOOL = """
import asyncio, pathlib, pickle, sys
sys.path.insert(0, sys.argv[1])
from cluster_provision.fleet.ports import carry_to_sshd
fleet = pickle.loads(pathlib.Path(sys.argv[2]).read_bytes())
assert sys.argv[3:5] == ["Connect", "--stdio"]
(host,) = [each for each in fleet.hosts if each.name == sys.argv[5]]
asyncio.run(carry_to_sshd(fleet, host))
"""


class Client:
    """ssh with the configuration, and the user's key that the machines know."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.folder = folder
        fleet = farm.fleet()
        (folder / "tool.py").write_text(TOOL)
        (folder / "fleet").write_bytes(pickle.dumps(fleet))
        (folder / "key").write_bytes(farm.user_key.export_private_key("openssh"))
        (folder / "key").chmod(0o600)
        called = (sys.executable, str(folder / "tool.py"), str(ROOT), str(folder / "fleet"))
        (folder / "config").write_text(ssh_config(fleet, "demo", called))
        (folder / "known").write_text(known_hosts(fleet))

    def run(self, name: str, command: str) -> subprocess.CompletedProcess[str]:
        options = ("BatchMode=yes", "StrictHostKeyChecking=yes", f"UserKnownHostsFile={self.folder / 'known'}")
        given = [word for option in options for word in ("-o", option)]
        words = [
            "ssh",
            "-F",
            self.folder / "config",
            *given,
            "-i",
            self.folder / "key",
            "-l",
            "azureuser",
            name,
            command,
        ]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def client(farm: Farm, tmp_path: Path) -> Client:
    farm.add_many("head", "node")
    return Client(farm, tmp_path)


def test_ssh_gets_to_a_node_behind_the_head_through_the_tool(farm: Farm, client: Client) -> None:
    ended = client.run("node", f"echo {shlex.quote('on')} $NODE_NAME")
    assert (ended.stdout, ended.returncode) == ("on node\n", 0), ended.stderr
    assert len(farm.machines[0].forwarded) == 1


def test_a_machine_with_another_key_than_it_reported_is_refused(client: Client) -> None:
    known = client.folder / "known"
    known.write_text(known.read_text().replace("node ssh", "node-of-another-cluster ssh"))
    ended = client.run("node", "echo here")
    assert ended.returncode == 255
    assert "Host key verification failed" in ended.stderr
    assert "here" not in ended.stdout
