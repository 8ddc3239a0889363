"""A played machine answers by SSH, and runs the tool's own programs as if this computer were it."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from embedded_cloud.conditions import SHARED, ConditionsFile
from embedded_cloud.existing.cloud import ExistingMachines
from embedded_cloud.existing.conditions import KEYS
from embedded_cloud.existing.machines.played import Played
from embedded_cloud.scenario import Scenario
from embedded_cloud.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What reads a program, and hands the rest of its input on to it.
LOADER = "import sys;s=sys.stdin.buffer;exec(s.read(int(s.readline())).decode())"
FACTS = """
import grp, json, os, platform, pwd, shutil, socket, subprocess, sys, time
root = os.environ["CLUSTER_PROVISION_ROOT"]
uname = subprocess.run(["uname", "-r"], capture_output=True, text=True, check=True).stdout.strip()
print(json.dumps({
    "feed": sys.stdin.read(), "name": socket.gethostname(), "kernel": [platform.release(), uname],
    "release": open(root + "/etc/os-release").read().splitlines()[2], "user": pwd.getpwnam("ops").pw_uid,
    "peer": socket.getaddrinfo("node2", None)[0][4][0], "group": grp.getgrnam("sudo").gr_gid,
    "own": os.environ["SSH_CONNECTION"].split()[2], "which": [shutil.which("systemctl"), shutil.which("make")],
    "clock": time.time(), "free": os.statvfs(root + "/var").f_bavail * 4096 >> 20,
}))
"""


@dataclass
class Site:
    """Two machines, and what goes wrong with them."""

    machines: ExistingMachines
    folder: Path
    key: asyncssh.SSHKey

    def wrong(self, **conditions: Any) -> None:
        """Have this be so of node1."""
        (self.folder / "conditions.json").write_text(json.dumps({"machines": {"node1": conditions}}))

    def ask(self, line: str, feed: str = "", user: str = "ops") -> asyncssh.SSHCompletedProcess:
        """What node1's sshd answers."""
        return asyncio.run(self._ask(line, feed, user))

    async def _ask(self, line: str, feed: str, user: str) -> asyncssh.SSHCompletedProcess:
        connection = self.machines.connection("node1", 22)
        assert connection is not None
        given = {"known_hosts": None, "config": None, "username": user, "client_keys": [self.key], "agent_path": None}
        async with asyncssh.connect("node1", sock=connection, **given) as there:
            process = await there.create_process(line)
            with suppress(BrokenPipeError):  # it has ended, and reads no more
                process.stdin.write(feed)
                process.stdin.write_eof()
            return await process.wait()

    def program(self, text: str, feed: str = "") -> asyncssh.SSHCompletedProcess:
        """What a program of the tool's answers, which runs as root."""
        shell = f"sh -c {shlex.quote(f'exec python3 -I -c {shlex.quote(LOADER)}')}"
        line = f'if [ "$(id -u)" = 0 ]; then exec {shell}; else exec sudo -n {shell}; fi'
        return self.ask(line, f"{len(text.encode())}\n{text}{feed}")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, key = tmp_path_factory.mktemp("cloud"), asyncssh.generate_private_key("ssh-ed25519")
    scenario = Scenario(folder / "scenario.json")
    machines = ExistingMachines(
        Store(folder),
        scenario,
        ConditionsFile(folder / "conditions.json", KEYS | SHARED),
        lambda conditions: Played(conditions, folder / "machines", scenario),
    )
    public = key.export_public_key().decode()
    named = [{"name": name, "user": "ops", "keys": [public]} for name in ("node1", "node2")]
    machines.expect({"existing": named})
    yield Site(machines, folder, key)
    machines.stop()


@pytest.fixture
def site(begun: Site) -> Iterator[Site]:
    """All is well at first."""
    yield begun
    for name in ("conditions.json", "scenario.json"):
        (begun.folder / name).unlink(missing_ok=True)


def test_a_program_finds_the_machine_and_not_this_computer(site: Site) -> None:
    site.wrong(clock=3600, free_mb={"/": 5000, "/var": 100})
    done = site.program(FACTS, "a request")
    assert done.exit_status == 0, done.stderr
    told = json.loads(str(done.stdout))
    assert told.pop("clock") == pytest.approx(time.time() + 3600, abs=60)
    assert {told.pop("own"), told.pop("peer")} == {"10.213.0.2", "10.213.0.3"}
    assert told == {
        "feed": "a request",
        "name": "node1",
        "kernel": ["6.1.0-37-amd64"] * 2,
        "release": 'VERSION_ID="12"',
        "user": 1000,
        "group": 27,
        "which": ["/usr/bin/systemctl", None],
        "free": 100,
    }


@pytest.mark.parametrize(
    "attempt",
    [
        "import subprocess; subprocess.run(['touch', FILE])",
        "import subprocess; subprocess.run('touch ' + FILE, shell=True)",
        "import os; os.system('touch ' + FILE)",
        "import os; os.posix_spawn('/usr/bin/touch', ['touch', FILE], {})",
        "import os; os.execv('/usr/bin/touch', ['touch', FILE])",
    ],
)
def test_a_program_starts_nothing_on_this_computer(site: Site, attempt: str) -> None:
    file = site.folder / "touched"
    done = site.program(f"FILE = {os.fspath(file)!r}\n{attempt}")
    assert done.exit_status == 1
    assert "Error" in str(done.stderr)
    assert not file.exists()


@pytest.mark.parametrize("status", [0, 3, 255])
def test_a_programs_status_is_the_commands(site: Site, status: int) -> None:
    assert site.program(f"import sys; print('x', flush=True); sys.exit({status})").exit_status == status


def test_a_process_that_is_killed_shows_it(site: Site) -> None:
    assert site.program("import os; os.kill(os.getpid(), 9)").exit_status == 137


def test_plain_words_run_a_program_of_the_machine(site: Site) -> None:
    assert site.ask("hostname").stdout == "node1\n"
    done = site.ask("gcc --version")
    assert (done.exit_status, done.stderr) == (127, "sh: 1: gcc: not found\n")


@pytest.mark.parametrize("line", ["echo $HOME", "hostname | cat", "hostname; hostname", "rm -rf /tmp/*", "'"])
def test_a_shells_line_is_only_recorded(site: Site, line: str) -> None:
    done = site.ask(line)
    assert (done.exit_status, done.stdout, "recorded, not run" in str(done.stderr)) == (0, "", True)
    assert "sh" in site.machines.machines.recorded(site.machines.instances()[0][0])


def test_only_the_tools_own_programs_are_python(site: Site) -> None:
    assert site.ask("python3 -I -c 'print(1)'").exit_status == 127


@pytest.mark.parametrize("wrong", [{"accepts_keys": False}, None])
def test_nobody_else_is_let_in(site: Site, wrong: dict[str, Any] | None) -> None:
    if wrong:
        site.wrong(**wrong)
    with pytest.raises(asyncssh.PermissionDenied):
        site.ask("hostname", user="ops" if wrong else "eva")


def test_sudo_may_be_revoked(site: Site) -> None:
    site.wrong(sudo=False)
    done = site.program("print('x')")
    assert (done.exit_status, done.stdout, done.stderr) == (1, "", "sudo: a password is required\n")
    assert site.ask("hostname").stdout == "node1\n"


def test_a_machine_that_is_off_can_not_be_reached(site: Site) -> None:
    site.wrong(starts=False)
    with pytest.raises(OSError, match="the machine is off"):
        site.machines.connection("node1", 22)


def test_a_scenario_cuts_the_connection_before_a_command(site: Site) -> None:
    rule = {"match": {"method": "RUN", "path": "/existing/here/node1"}, "skip": 1, "times": 1, "status": 0}
    (site.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    assert site.ask("hostname").stdout == "node1\n"
    assert site.ask("hostname").exit_status is None
    assert site.ask("hostname").stdout == "node1\n"
