"""The Bastion scripts, run by bash with a fake az that shows what it was called with."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.targets.azure.slurm.bastion_routes import BastionRoutes
from cluster_provision.targets.azure.slurm.bastion_scripts import bastion_scripts, write_scripts
from tests.command_lines.rules import check

# A shell would take each of these apart.
GROUP, USER, KEY = "team (rg) $HOME", "o'brien", Path("/my keys/demo's; id")
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
ROUTES = BastionRoutes(SUBSCRIPTION, GROUP, "demo-bastion", USER, KEY)
LOGINS = ("demo-login-1", "demo-login-2", "demo-login-3")
MACHINES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Compute/virtualMachines"
AZ = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
PLACE = ["--subscription", SUBSCRIPTION, "--resource-group", GROUP, "--name", "demo-bastion", "--target-resource-id"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The scripts' folder, which has a fake az too."""
    write_scripts(tmp_path / "out", bastion_scripts(ROUTES, "demo", "demo-controller", LOGINS))
    (tmp_path / "out" / "az").write_text(AZ)
    (tmp_path / "out" / "az").chmod(0o755)
    return tmp_path / "out"


def run(folder: Path, script: str, *arguments: str) -> tuple[int, str]:
    """How a script ends, and what it prints."""
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": "/nowhere"}
    done = subprocess.run(
        [f"./{script}", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def called(folder: Path, script: str, *arguments: str) -> list[str]:
    code, said = run(folder, script, *arguments)
    assert code == 0, said
    words: list[str] = json.loads(said)
    assert check(shlex.join(["az", *words]))
    return words


@pytest.mark.parametrize(
    ("script", "arguments", "machine"),
    [
        ("bastion_ssh_scheduler.sh", (), "demo-controller"),
        ("bastion_ssh_scheduler.sh", ("1",), "demo-controller"),
        ("bastion_ssh_login.sh", (), "demo-login-1"),
        ("bastion_ssh_login.sh", ("3",), "demo-login-3"),
        ("bastion_ssh_login.sh", ("02",), "demo-login-2"),
    ],
)
def test_a_shell_opens_on_the_machine_that_is_meant(
    folder: Path, script: str, arguments: tuple[str, ...], machine: str
) -> None:
    login = ["--username", USER, "--auth-type", "ssh-key", "--ssh-key", str(KEY)]
    expected = ["network", "bastion", "ssh", *PLACE, f"{MACHINES}/{machine}", *login]
    assert called(folder, script, *arguments) == expected


@pytest.mark.parametrize(
    ("script", "arguments", "machine"),
    [
        ("bastion_tunnel_scheduler.sh", ("3000", "8080"), "demo-controller"),
        ("bastion_tunnel_login.sh", ("3000", "8080"), "demo-login-1"),
        ("bastion_tunnel_login.sh", ("3000", "8080", "2"), "demo-login-2"),
    ],
)
def test_a_port_here_leads_to_the_machines(folder: Path, script: str, arguments: tuple[str, ...], machine: str) -> None:
    ports = ["--resource-port", "3000", "--port", "8080"]
    assert called(folder, script, *arguments) == [
        "network",
        "bastion",
        "tunnel",
        *PLACE,
        f"{MACHINES}/{machine}",
        *ports,
    ]


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("4", "Target index 4 is out of range. Valid range: 1-3"),
        ("99999999999999999999", "Target index 99999999999999999999 is out of range. Valid range: 1-3"),
        ("0", "Invalid target index. Valid range: 1-3"),
        ("-1", "Invalid target index. Valid range: 1-3"),
        ("x[$(id)]", "Invalid target index. Valid range: 1-3"),
    ],
)
def test_another_index_is_refused_in_the_words_that_users_know(folder: Path, index: str, said: str) -> None:
    assert run(folder, "bastion_ssh_login.sh", index) == (1, said)
    assert run(folder, "bastion_tunnel_login.sh", "22", "10022", index) == (1, said)


def test_a_tunnel_without_ports_says_its_use(folder: Path) -> None:
    use = "Use: bastion_tunnel_login.sh <target port> <local port> [index]"
    assert run(folder, "bastion_tunnel_login.sh", "22") == (1, use)


def test_user_and_key_can_be_changed_at_the_top_and_without_a_key_ssh_finds_one(folder: Path) -> None:
    script = folder / "bastion_ssh_login.sh"
    lines = script.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("USER_NAME="))
    assert lines[at + 1].startswith("SSH_KEY_PATH=")
    lines[at : at + 2] = ["USER_NAME=alice", "SSH_KEY_PATH="]
    script.write_text("\n".join(lines) + "\n")
    assert called(folder, script.name)[-4:] == ["--username", "alice", "--auth-type", "password"]


def test_they_name_the_extensions_that_az_needs(folder: Path) -> None:
    assert "az extension add --name ssh\n" in (folder / "bastion_ssh_login.sh").read_text()
    for script in folder.glob("*.sh"):
        assert "az extension add --name bastion\n" in script.read_text()


def test_without_login_nodes_there_are_none_for_them() -> None:
    assert list(bastion_scripts(ROUTES, "demo", "demo-controller", ())) == [
        "bastion_ssh_scheduler.sh",
        "bastion_tunnel_scheduler.sh",
    ]


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    write_scripts(tmp_path, bastion_scripts(replace(ROUTES, group="team(rg)"), "demo", "demo-controller", LOGINS))
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    assert program, "shellcheck is among the development packages"
    scripts = sorted(map(str, tmp_path.glob("*.sh")))
    assert len(scripts) == 4
    done = subprocess.run([program, *scripts], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_a_folder_that_takes_no_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="Bastion scripts can't be written"):
        write_scripts(tmp_path / "file", {"a.sh": ""})
