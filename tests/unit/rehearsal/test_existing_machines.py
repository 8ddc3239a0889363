"""The machines that an env file names are the rehearsal's, and the run logs in to them alone."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import asyncssh
import pytest

from cluster_provision.rehearsal.existing_machines import lead_to_machines
from cluster_provision.rehearsal.existing_resources import named
from cluster_provision.settings import load

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = {"CLOUD": "existing", "NAME_PREFIX": "vega", "CONTROLLER": "head=10.0.0.1", "NODES": "node[1-2]"}


@dataclass
class Up:
    """A cloud whose machines have these host keys, by name."""

    key: Path
    keys: dict[str, str] = field(default_factory=dict)
    proxy_url: str = "http://127.0.0.1:8443"

    def ask(self, method: str, path: str) -> Any:
        return {"machines": [{"name": name, "host_key": key} for name, key in self.keys.items()]}


def machine(name: str, **given: Any) -> dict[str, Any]:
    usual = {"names": [], "address": "", "port": 22, "user": "root", "keys": None, "password": "", "sudo_asks": False}
    return {"name": name, **usual, **given}


def led(environ: dict[str, str], tmp_path: Path, **keys: str) -> dict[str, str]:
    """The environment that the run gets."""
    key = tmp_path / "login_key"
    key.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    found = dict(environ)
    lead_to_machines(found, cast("Any", Up(key, keys)), tmp_path)
    return found


def test_machines_are_named_as_the_settings_read_them() -> None:
    environ = {**CLUSTER, "SSH_USER": "ops", "SSH_PORT": "2222"}
    assert named(environ) == {
        "existing": [
            machine("head", address="10.0.0.1", port=2222, user="ops"),
            machine("node1", names=["node1"], port=2222, user="ops"),
            machine("node2", names=["node2"], port=2222, user="ops"),
        ]
    }


def test_every_name_of_a_machine_leads_to_it() -> None:
    environ = {**CLUSTER, "NODES": "Node1.example.com=gate1.example.com"}
    found = named(environ)["existing"][1]
    assert found["name"] == "node1"
    assert set(found["names"]) == {"node1.example.com", "gate1.example.com"}


def test_those_of_an_inventory_are_named_too(tmp_path: Path) -> None:
    file = tmp_path / "inventory"
    file.write_text(
        "[slurm-master]\nmgmt ansible_host=10.1.0.1 ansible_user=admin\n[slurm-node]\nn1 ansible_port=2200\n"
    )
    found = named({"CLOUD": "existing", "NAME_PREFIX": "vega", "INVENTORY": str(file)})["existing"]
    assert [(each["name"], each["address"], each["user"], each["port"]) for each in found] == [
        ("mgmt", "10.1.0.1", "admin", 22),
        ("n1", "", "root", 2200),
    ]


@pytest.mark.parametrize(
    ("algorithm", "form", "passphrase"),
    [
        ("ssh-ed25519", "openssh", ""),
        ("ssh-ed25519", "openssh", "a passphrase"),
        ("ecdsa-sha2-nistp256", "pkcs8-pem", ""),
    ],
)
def test_the_machines_accept_the_users_own_key(tmp_path: Path, algorithm: str, form: str, passphrase: str) -> None:
    made, file = asyncssh.generate_private_key(algorithm), tmp_path / "id"
    file.write_bytes(made.export_private_key(form))
    file.chmod(0o600)
    if passphrase:  # the tool itself needs an agent for such a key
        command = ["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", file]
        subprocess.run(command, check=True, capture_output=True)
    environ = {**CLUSTER, "SSH_KEY_FILE": str(file)}
    public = " ".join(made.export_public_key().decode().split()[:2])
    accepted = [key for each in named(environ)["existing"] for key in each["keys"] or ()]
    assert [" ".join(key.split()[:2]) for key in accepted] == [public] * 3
    assert led(environ, tmp_path)["SSH_KEY_FILE"] == str(file)


def test_without_a_key_the_run_has_the_rehearsals(tmp_path: Path) -> None:
    environ = led({**CLUSTER, "SSH_JUMP": "gate.example.com"}, tmp_path)
    assert environ["SSH_KEY_FILE"] == str(tmp_path / "login_key")
    assert environ["SSH_PROXY"] == "http://127.0.0.1:8443"
    assert "SSH_JUMP" not in environ
    assert load(environ, "Status").settings


def test_the_jump_host_of_an_inventory_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "inventory").write_text(
        "[slurm-master]\nhead\n[slurm-node]\nn1\n[all:vars]\nansible_ssh_common_args=-J ops@gate.example.com\n"
    )
    cluster = {"CLOUD": "existing", "NAME_PREFIX": "demo", "INVENTORY": str(tmp_path / "inventory")}
    settings: Any = load(led(cluster, tmp_path), "Status").settings
    assert settings.ssh_jump is None and settings.ssh_proxy is not None


def test_a_password_is_the_machines_too_and_only_its_hash_leaves_the_run(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    environ = {**CLUSTER, "SSH_PASSWORD_FILE": str(tmp_path / "password")}
    found = named(environ)["existing"][0]
    assert (found["keys"], found["sudo_asks"]) == ([], False)
    assert re.fullmatch(r"\$6\$[^$]+\$[./0-9A-Za-z]{86}", found["password"])
    assert "SSH_KEY_FILE" not in led(environ, tmp_path)


def test_sudo_asks_for_a_password_where_the_settings_have_one(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    found = named({**CLUSTER, "SUDO_PASSWORD_FILE": str(tmp_path / "password")})["existing"][0]
    assert (found["keys"], found["sudo_asks"], found["password"][:3]) == (None, True, "$6$")


def test_known_hosts_are_those_of_the_rehearsal(tmp_path: Path) -> None:
    known = tmp_path / "real"
    known.write_text("head ssh-ed25519 AAAAreal\n")
    keys = {"head": "ssh-ed25519 AAAAhead", "node1": "ssh-ed25519 AAAAnode1"}
    environ = led({**CLUSTER, "SSH_PORT": "2222", "SSH_KNOWN_HOSTS": str(known)}, tmp_path, **keys)
    written = tmp_path / "known_hosts"
    assert environ["SSH_KNOWN_HOSTS"] == str(written)
    assert written.read_text().splitlines() == [
        "[head]:2222 ssh-ed25519 AAAAhead",
        "[10.0.0.1]:2222 ssh-ed25519 AAAAhead",
        "[node1]:2222 ssh-ed25519 AAAAnode1",
    ]
    assert known.read_text() == "head ssh-ed25519 AAAAreal\n"


def test_machines_that_nobody_knew_are_met_as_such(tmp_path: Path) -> None:
    assert "SSH_KNOWN_HOSTS" not in led(CLUSTER, tmp_path)
