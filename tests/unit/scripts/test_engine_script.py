"""An engine that was started here is stopped again, once nothing is on it; no other is ever stopped."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.scripts.conftest import Machine

# Where there is systemd, it is asked to start the engine.
NO_ANSWER = "'systemctl start docker' failed" if Path("/run/systemd/system").is_dir() else "dockerd does not answer"


def up(machine: Machine) -> bool:
    return (machine.folder / "up").exists()


def test_an_engine_that_is_started_here_is_stopped_when_it_is_let_go(machine: Machine) -> None:
    assert machine.run("engine.sh", "start").returncode == 0
    assert up(machine)
    assert machine.run("engine.sh", "release").returncode == 0
    assert not up(machine)


def test_containers_on_it_keep_it_up(machine: Machine) -> None:
    machine.run("engine.sh", "start")
    (machine.folder / "containers").write_text("somebodys\n")
    released = machine.run("engine.sh", "release")
    assert (released.returncode, up(machine)) == (0, True)
    assert "there are containers on it: somebodys" in released.stderr


def test_another_ones_engine_is_used_and_left_alone(machine: Machine) -> None:
    (machine.folder / "up").touch()
    for action in ("start", "resume", "release", "stop"):
        assert machine.run("engine.sh", action).returncode == 0
    assert up(machine)


def test_an_engine_of_ours_that_died_is_resumed_and_no_other(machine: Machine) -> None:
    never = machine.run("engine.sh", "resume")
    assert (never.returncode, up(machine)) == (1, False)
    machine.run("engine.sh", "start")
    pid_file = machine.project / ".cache/engine/dockerd.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
    (machine.folder / "up").unlink()
    assert machine.run("engine.sh", "resume").returncode == 0
    assert up(machine)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"id": "echo 1000"}, "installing one needs root"),
        ({"docker": "exit 127", "dockerd": ""}, NO_ANSWER),
    ],
)
def test_one_line_says_why_no_engine_can_be_had(machine: Machine, lacking: dict[str, str], said: str) -> None:
    for name, body in lacking.items():
        machine.program(name, body or 'mkdir -p x; echo "failed to start daemon: no" >&2; exit 1')
    machine.program("systemctl", "exit 1")
    started = machine.run("engine.sh", "start")
    assert started.returncode == 17
    assert said in started.stderr.splitlines()[-1]


def test_an_engine_elsewhere_that_does_not_answer_is_named(machine: Machine) -> None:
    started = machine.run("engine.sh", "start", DOCKER_HOST="tcp://127.0.0.1:9")
    assert started.returncode == 17
    assert "DOCKER_HOST=tcp://127.0.0.1:9" in started.stderr


@pytest.mark.parametrize(("client", "buildkit"), [("20.10.24", "1"), ("28.2.2", "0"), ("dev", "0"), ("", "0")])
def test_a_client_builds_with_what_its_version_can_do(machine: Machine, client: str, buildkit: str) -> None:
    (machine.folder / "up").touch()
    (machine.folder / "client").write_text(client)
    choose = machine.project / "scripts" / "choose"
    choose.write_text(
        f"#!/bin/bash\nset -eu\n. {choose.parent}/docker_client.sh\nchoose_docker\necho $DOCKER_BUILDKIT\n"
    )
    choose.chmod(0o755)
    chosen = machine.run("choose")
    assert (chosen.stdout.strip(), chosen.stderr) == (buildkit, "")
