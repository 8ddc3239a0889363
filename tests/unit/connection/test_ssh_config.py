"""The configuration for SSH clients, as OpenSSH's own ssh reads it and goes by it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.connection.ssh_config import known_hosts, ssh_config
from cluster_provision.fleet.model import Endpoint, Fleet, Host, Keys

if TYPE_CHECKING:
    from collections.abc import Sequence

HOSTS = (
    Host("demo-login-1", "10.0.0.4", ("ssh-ed25519 AAAAlogin",)),
    Host("demo-controller", "10.0.0.5", ("ssh-ed25519 AAAAc", "ssh-rsa BBBBc"), user="other", key_file=Path("/k/own")),
)
FLEET = Fleet(HOSTS[0], HOSTS, Endpoint("203.0.113.9"), "azureuser", Keys(path=Path("/keys/my %h key")))


def read_by_ssh(folder: Path, fleet: Fleet, name: str, called: Sequence[str] = ("tool",)) -> dict[str, str]:
    """What ssh understands of the configuration for a host: `ssh -G`, ssh(1)."""
    file = folder / "config"
    file.write_text(ssh_config(fleet, "demo", called))
    told = subprocess.run(["ssh", "-F", file, "-G", name], capture_output=True, text=True, check=True, timeout=20)
    return dict(line.split(" ", 1) for line in told.stdout.splitlines() if " " in line)


def test_ssh_reads_the_user_the_key_and_the_way_of_each_machine(tmp_path: Path) -> None:
    head = read_by_ssh(tmp_path, FLEET, "demo-login-1", ("docker", "run", "--env-file", "/my files/100%.list", "image"))
    assert head["user"] == "azureuser"
    assert head["proxycommand"] == "docker run --env-file '/my files/100%%.list' image Connect --stdio demo-login-1"
    assert head["identityfile"].endswith("/my %%h key")
    other = read_by_ssh(tmp_path, FLEET, "demo-controller")
    assert (other["user"], other["identityfile"]) == ("other", "/k/own")
    assert other["hostkeyalias"] == "demo-controller"


def test_where_the_tool_brings_its_own_key_users_come_with_theirs(tmp_path: Path) -> None:
    text = ssh_config(replace(FLEET, keys=Keys(private=b"secret")), "demo", ("tool",))
    assert "User" not in [line.split()[0] for line in text.splitlines() if line.strip()]
    assert "secret" not in text


def test_each_key_of_each_machine_stands_by_its_name() -> None:
    assert known_hosts(FLEET).splitlines() == [
        "demo-login-1 ssh-ed25519 AAAAlogin",
        "demo-controller ssh-ed25519 AAAAc",
        "demo-controller ssh-rsa BBBBc",
    ]
