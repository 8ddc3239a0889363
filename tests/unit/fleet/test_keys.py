"""Which keys are used to sign in, and what is said where none serves."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import asyncssh
import pytest

from cluster_provision.errors import KeyRefused
from cluster_provision.fleet.model import Keys
from cluster_provision.fleet.run import run_everywhere
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.fleet.kit import Farm


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real ssh-agent, empty."""
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    for line in said.splitlines():
        if line.startswith(("SSH_AUTH_SOCK=", "SSH_AGENT_PID=")):
            name, _, value = line.split(";")[0].partition("=")
            monkeypatch.setenv(name, value)
    yield
    subprocess.run(["ssh-agent", "-k"], capture_output=True, check=True)


def written(path: Path, key: asyncssh.SSHKey, passphrase: str | None = None) -> Path:
    path.write_bytes(key.export_private_key("openssh"))
    path.chmod(0o600)
    if passphrase:
        subprocess.run(
            ["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", path], check=True, capture_output=True
        )
    return path


def test_the_users_file_signs_in(farm: Farm, tmp_path: Path) -> None:
    farm.add_many("vm-0", "vm-1")
    path = written(tmp_path / "key", farm.user_key)
    assert [e.exit_code for e in run_everywhere(farm.fleet(keys=Keys(path=path)), "true", Heard())] == [0, 0]


def test_an_agent_signs_in_where_there_is_no_file(farm: Farm, tmp_path: Path, agent: None) -> None:
    farm.add_many("vm-0", "vm-1", "vm-2")
    subprocess.run(["ssh-add", "-q", written(tmp_path / "key", farm.user_key)], check=True, capture_output=True)
    assert [e.exit_code for e in run_everywhere(farm.fleet(keys=Keys()), "true", Heard())] == [0, 0, 0]


def test_the_given_key_is_tried_before_all_that_the_agent_holds(farm: Farm, tmp_path: Path, agent: None) -> None:
    machine = farm.add("vm-0")
    for number in range(5):  # an sshd breaks off after six refused keys
        other = asyncssh.generate_private_key("ssh-ed25519")
        subprocess.run(["ssh-add", "-q", written(tmp_path / f"other{number}", other)], check=True, capture_output=True)
    keys = Keys(path=written(tmp_path / "key", farm.user_key))
    assert [e.exit_code for e in run_everywhere(farm.fleet(keys=keys), "true", Heard())] == [0]
    assert set(machine.logins) == {"azureuser in"}


def test_an_encrypted_file_is_refused_with_the_way_out(farm: Farm, tmp_path: Path) -> None:
    farm.add("vm-0")
    path = written(tmp_path / "key", farm.user_key, "a passphrase")
    with pytest.raises(KeyRefused, match="is encrypted") as refused:
        run_everywhere(farm.fleet(keys=Keys(path=path)), "true", Heard())
    assert f"ssh-add {path}" in refused.value.advice


def test_an_encrypted_file_does_no_harm_where_the_agent_holds_its_key(farm: Farm, tmp_path: Path, agent: None) -> None:
    farm.add("vm-0")
    subprocess.run(["ssh-add", "-q", written(tmp_path / "open", farm.user_key)], check=True, capture_output=True)
    path = written(tmp_path / "key", farm.user_key, "a passphrase")
    assert [e.exit_code for e in run_everywhere(farm.fleet(keys=Keys(path=path)), "true", Heard())] == [0]


def test_a_public_key_in_the_private_ones_place_is_said_so(farm: Farm, tmp_path: Path) -> None:
    farm.add("vm-0")
    path = tmp_path / "id.pub"
    path.write_bytes(farm.user_key.export_public_key())
    with pytest.raises(KeyRefused, match="holds no private SSH key"):
        run_everywhere(farm.fleet(keys=Keys(path=path)), "true", Heard())


def test_a_file_that_is_gone_is_named(farm: Farm, tmp_path: Path) -> None:
    farm.add("vm-0")
    with pytest.raises(KeyRefused, match=r"gone can't be read: No such file"):
        run_everywhere(farm.fleet(keys=Keys(path=tmp_path / "gone")), "true", Heard())


def test_without_any_key_nothing_is_tried(farm: Farm) -> None:
    machine = farm.add("vm-0")
    with pytest.raises(KeyRefused, match="no SSH key"):
        run_everywhere(farm.fleet(keys=Keys()), "true", Heard())
    assert machine.logins == []


def test_a_key_that_the_machine_does_not_take_is_told_with_what_was_tried(farm: Farm, tmp_path: Path) -> None:
    farm.add("vm-0")
    path = written(tmp_path / "stranger", asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(KeyRefused, match=r"accepts no key for azureuser: tried .*stranger"):
        run_everywhere(farm.fleet(keys=Keys(path=path)), "true", Heard())


def test_the_callers_own_ssh_files_have_no_say_and_are_left_alone(farm: Farm, tmp_path: Path) -> None:
    machines = farm.add_many("vm-0", "vm-1")
    folder = tmp_path / "caller" / ".ssh"
    folder.mkdir()
    (folder / "config").write_text("Host *\n  User somebody\n  Port 1\n  ProxyCommand false\n")
    (folder / "known_hosts").write_text("* " + farm.user_key.export_public_key().decode())
    written(folder / "id_ed25519", asyncssh.generate_private_key("ssh-ed25519"))
    before = {p: p.read_bytes() for p in folder.iterdir()}
    assert [e.exit_code for e in run_everywhere(farm.fleet(), "true", Heard())] == [0, 0]
    assert {p: p.read_bytes() for p in folder.iterdir()} == before
    assert [set(machine.logins) for machine in machines] == [{"azureuser in"}, {"azureuser in"}]


def test_a_name_for_the_caller_is_not_needed(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.add("vm-0")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: (_ for _ in ()).throw(KeyError(uid)))
    assert [e.exit_code for e in run_everywhere(farm.fleet(), "true", Heard())] == [0]
    os.environ.pop("LOGNAME", None)
