"""Whatever kills a run, the next one goes on, and undo leads to the very state before."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import Block, File, Folder, Group, HostName, Mount, Packages, Service, Sysctl, User
from tests.unit.node.apply.kit import Machine

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.plan import Resource

PLAN: tuple[Resource, ...] = (
    HostName("n-1"),
    Block("/etc/hosts", "vega", ("10.0.0.1 n-1",)),
    Group("slurm", 400, system=True),
    User("slurm", 400, "slurm", "/nonexistent", system=True),
    Packages(("slurmd",)),
    Folder("/srv/spool"),
    File("/etc/slurm/slurm.conf", "ours\n"),
    File("/etc/munge/munge.key", "key", mode="0400", secret=True),
    Service("slurmd", restart_on=("/etc/slurm/slurm.conf",)),
    Service("munge", restart_on=("/etc/munge/munge.key",)),
    Folder("/srv/home"),
    Mount("nas:/home", "/srv/home", "nfs4"),
    Sysctl("vm.swappiness", "1"),
)


def machine_in(folder: Path) -> Machine:
    machine = Machine(folder)
    machine.packages(
        munge={"files": {"/etc/munge/munge.conf": "m\n"}, "users": {"munge": 110}},
        slurmd={"depends": ["munge"], "files": {"/etc/slurm/plug.conf": "p\n"}, "units": ["slurmd"]},
    )
    machine.write("etc/slurm/slurm.conf", "theirs\n")
    machine.write("usr/sbin/policy-rc.d", "theirs\n", 0o755)
    machine.unit("munge", "enabled", "active")
    return machine


def whole(machine: Machine) -> dict[str, object]:
    """The machine, but what differs by the time or the process."""
    return {name: what for name, what in machine.tree().items() if not name.endswith(("/lock", "/journal.json"))}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return machine_in(tmp_path_factory.mktemp("before") / "m").tree()


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    machine = machine_in(tmp_path_factory.mktemp("applied") / "m")
    assert machine.apply(*PLAN).status == 0
    return whole(machine)


APPLY_POINTS, UNDO_POINTS = 72, 79
"""Changes that a run makes, of the machine or the journal. Each is a point to be killed at; a few are tried."""


def test_there_are_no_more_points_to_be_killed_at(tmp_path: Path) -> None:
    machine = machine_in(tmp_path / "m")
    assert machine.apply(*PLAN, kill_at=APPLY_POINTS + 1).status == 0
    assert machine.run("undo", kill_at=UNDO_POINTS + 1).status == 0


@pytest.mark.parametrize("at", range(1, APPLY_POINTS + 1, 9))
def test_an_apply_that_was_killed_goes_on_and_is_undone(
    at: int, tmp_path: Path, applied: dict[str, object], before: dict[str, object]
) -> None:
    machine = machine_in(tmp_path / "m")
    assert machine.apply(*PLAN, kill_at=at).status == -signal.SIGKILL
    assert machine.apply(*PLAN).status == 0
    assert whole(machine) == applied
    assert machine.undo().status == 0
    assert machine.tree() == before


@pytest.mark.parametrize("at", range(5, APPLY_POINTS + 1, 9))
def test_an_apply_that_was_killed_is_undone_at_once(at: int, tmp_path: Path, before: dict[str, object]) -> None:
    machine = machine_in(tmp_path / "m")
    assert machine.apply(*PLAN, kill_at=at).status == -signal.SIGKILL
    assert machine.undo().status == 0
    assert machine.tree() == before


@pytest.mark.parametrize("at", range(1, UNDO_POINTS + 1, 9))
def test_an_undo_that_was_killed_is_done_by_the_next(at: int, tmp_path: Path, before: dict[str, object]) -> None:
    machine = machine_in(tmp_path / "m")
    machine.apply(*PLAN)
    assert machine.run("undo", kill_at=at).status == -signal.SIGKILL
    assert machine.undo().status == 0
    assert machine.tree() == before


def test_a_restart_that_a_killed_run_owes_is_done_by_the_next(tmp_path: Path) -> None:
    conf, changed = (File("/etc/app.conf", text) for text in ("one\n", "two\n"))
    service = Service("munge", restart_on=(conf.path,))
    machine = machine_in(tmp_path / "m")
    machine.apply(conf, service)
    machine.forget_calls()
    at = next(at for at in range(1, 9) if machine.apply(changed, service, kill_at=at).lines)
    assert machine.calls("systemctl restart") == [], at
    assert machine.apply(changed, service).lines["service munge"]["state"] == "changed"
    assert machine.calls("systemctl restart") == ["systemctl restart -- munge"]
