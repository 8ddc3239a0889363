"""The machine where users log in runs STARTUP_COMMAND once, and waits for the jobs of its user."""

from __future__ import annotations

import pwd
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.slurm.startup_command import ORDER_FILE, Order, Outcome, outcome_file, read_outcome
from node.machine.programs import Failure
from node.slurm_cloud import results, startup_command
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.startup_command import look_for_order, run_order
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import GOOGLE

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = replace(CLUSTER, controller=GOOGLE.name, logins=(), admin="")
ORDER = Order("first", "echo result=42")
OBJECT = outcome_file("first")


@dataclass
class World:
    """A machine with its state store; `looks` are squeue's outputs one after the other, of which the last one stays."""

    folder: Path
    objects: dict[str, bytes] = field(default_factory=dict)
    looks: list[str] = field(default_factory=lambda: [""])
    started: list[tuple[str, ...]] = field(default_factory=list)
    active: bool = False
    status: int = 0

    def read(self, name: str) -> bytes | None:
        return self.objects.get(name)

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        if only_new and name in self.objects:
            return False
        self.objects[name] = content
        return True

    def put(self, name: str, path: str) -> None:
        raise AssertionError

    def run(self, *argv: str) -> tuple[int, str]:
        if argv[0] == "squeue":
            found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
            return (1, "down") if found == "down" else (0, found)
        if argv[0] == "scontrol":
            return 0, "   StdErr=/home/a/slurm-7.out\n   StdOut=/home/a/slurm-7.out\n"
        assert argv[:2] == ("systemctl", "is-active")
        return (0 if self.active else 3), ""

    def call(self, *argv: str) -> str:
        self.started.append(argv)
        return ""

    def popen(self, argv: list[str], **options: Any) -> Any:
        self.started.append(tuple(argv))
        options["stdout"].write(b"result=42\n")
        options["stdout"].flush()
        world = self

        class Process:
            returncode = world.status

            def poll(self) -> int:
                return world.status

        return Process()

    @property
    def outcome(self) -> Outcome:
        found = read_outcome(self.objects[OBJECT].decode())
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path, {ORDER_FILE: ORDER.text().encode()})
    for name in ("TEXT_FILE", "BEGUN_FILE", "LOG_FILE"):
        monkeypatch.setattr(startup_command, name, str(tmp_path / name))
    monkeypatch.setattr(startup_command, "run", made.run)
    monkeypatch.setattr(results, "run", made.run)
    monkeypatch.setattr(startup_command, "call", made.call)
    monkeypatch.setattr(startup_command.subprocess, "Popen", made.popen)
    monkeypatch.setattr(startup_command, "POLL_SECONDS", 0.0)
    return made


def look(world: World) -> list[str]:
    """What a look at the order starts."""
    before = len(world.started)
    look_for_order(GOOGLE, world, GIVEN)
    return [argv[0] for argv in world.started[before:]]


def test_a_new_order_starts_a_unit_of_its_own(world: World) -> None:
    assert look(world) == ["systemd-run"]


def test_an_object_that_google_refuses_to_say_anything_of_is_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> bytes:
        raise CallFailed(f"GET {name}", 403)

    monkeypatch.setattr(world, "read", refuse)
    assert look(world) == []


def test_no_other_machine_runs_it(world: World) -> None:
    look_for_order(replace(GOOGLE, name="vega-hpc-1", part="node"), world, GIVEN)
    look_for_order(GOOGLE, world, replace(GIVEN, logins=("vega-login-1",)))
    assert world.started == []


def test_one_that_runs_is_not_started_again(world: World) -> None:
    world.active = True
    assert look(world) == []


def test_one_that_has_ended_is_not_run_again(world: World) -> None:
    run_order(GOOGLE, world, GIVEN)
    assert look(world) == []


def test_a_machine_that_is_made_anew_does_not_run_it_again(world: World) -> None:
    world.objects[OBJECT] = Outcome("first", GOOGLE.name, status="ok").text().encode()
    run_order(GOOGLE, world, GIVEN)
    assert world.started == []
    assert look(world) == []


def test_a_claim_whose_answer_was_lost_is_ones_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(name: str, content: bytes, *, only_new: bool = False) -> bool:
        world.objects[name] = content
        return not only_new

    monkeypatch.setattr(world, "write", write)
    run_order(GOOGLE, world, GIVEN)
    assert world.outcome.status == "ok"


def test_it_runs_as_the_admin_with_a_text_that_nobody_else_can_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup_command.pwd, "getpwnam", lambda _: pwd.getpwuid(0))
    run_order(GOOGLE, world, replace(GIVEN, admin="azureuser"))
    text = world.folder / "TEXT_FILE"
    assert (text.read_text(), text.stat().st_mode & 0o777) == ("echo result=42\n", 0o600)
    assert world.started[-1][:3] == ("runuser", "--login", "azureuser")
    assert ("chown", "azureuser", str(text)) in world.started


def test_without_an_admin_it_runs_as_root(world: World) -> None:
    run_order(GOOGLE, world, GIVEN)
    assert world.started[-1][:3] == ("runuser", "--login", "root")


def test_it_has_ended_when_its_jobs_have(world: World) -> None:
    world.looks = ["", "7|0|RUNNING|None|train", "7|0|COMPLETING|None|train", "7|0|COMPLETED|None|train"]
    run_order(GOOGLE, world, GIVEN)
    assert world.outcome.status == "ok"
    assert [(job.id, job.state) for job in world.outcome.jobs] == [("7", "COMPLETED")]
    assert len(world.looks) == 1


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("TIMEOUT|TimeLimit", "job 7 ended as TIMEOUT"),
        ("FAILED|NonZeroExitCode", "job 7 ended as FAILED"),
        ("PENDING|DependencyNeverSatisfied", "job 7 ended as PENDING (DependencyNeverSatisfied)"),
    ],
)
def test_it_has_failed_if_one_of_its_jobs_has(world: World, state: str, told: str) -> None:
    world.looks = ["", f"6|0|COMPLETED|None|a\n7|0|{state}|train|b"]
    run_order(GOOGLE, world, GIVEN)
    assert (world.outcome.status, world.outcome.detail) == ("failed", told)
    assert world.outcome.tail == "result=42"


def test_it_has_failed_with_its_own_status(world: World) -> None:
    world.status = 3
    run_order(GOOGLE, world, GIVEN)
    assert (world.outcome.status, world.outcome.exit) == ("failed", 3)
    assert world.outcome.detail == "the command ended with status 3"


def test_jobs_of_before_and_of_others_and_the_tools_own_keep_nobody_waiting(world: World) -> None:
    old, other, own = "5|0|RUNNING|None|old", "8|1000|FAILED|None|x", "9|0|RUNNING|None|cluster-provision-proof"
    world.looks = [old, f"{old}\n{other}\n{own}"]
    run_order(GOOGLE, world, GIVEN)
    assert (world.outcome.status, world.outcome.jobs) == ("ok", ())


def test_a_job_that_slurm_has_forgotten_is_no_success(world: World) -> None:
    world.looks = ["", "7|0|RUNNING|None|train", ""]
    run_order(GOOGLE, world, GIVEN)
    assert world.outcome.detail == "job 7 ended as unknown"


def test_a_controller_that_does_not_answer_for_a_while_is_waited_for(world: World) -> None:
    world.looks = ["", "7|0|RUNNING|None|a|b", "down", "7|0|COMPLETED|None|a|b"]
    run_order(GOOGLE, world, GIVEN)
    assert world.outcome.status == "ok"


def test_one_that_cannot_be_started_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> str:
        raise Failure("chown ended with 1")

    monkeypatch.setattr(startup_command, "call", refuse)
    run_order(GOOGLE, world, GIVEN)
    assert world.outcome.detail == "the command could not be started: chown ended with 1"


def test_one_whose_machine_went_down_is_over_and_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: Any) -> Any:
        raise SystemExit

    monkeypatch.setattr(startup_command, "_carry_out", cut)
    with pytest.raises(SystemExit):
        run_order(GOOGLE, world, GIVEN)
    assert look(world) == []
    assert world.outcome.status == "failed"
    assert "its machine went down" in world.outcome.detail


def test_one_that_the_machine_before_this_one_had_begun_is_over_and_failed(world: World) -> None:
    world.objects[OBJECT] = Outcome("first", GOOGLE.name, "the start before").text().encode()
    run_order(GOOGLE, world, GIVEN)
    assert (world.started, look(world)) == ([], [])
    assert world.outcome.status == "failed"


def test_one_that_another_machine_has_begun_still_runs(world: World) -> None:
    world.objects[OBJECT] = Outcome("first", "vega-login-1", "its start").text().encode()
    run_order(GOOGLE, world, GIVEN)
    assert (world.outcome.status, look(world)) == ("running", [])
