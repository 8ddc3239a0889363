"""A run as a whole: its request, who else is at work, and that it never breaks off without a word."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.fleet.programs import APPLY, program_text
from cluster_provision.slurm.plan import Block, Command, File, Folder, Packages, Plan, Service
from tests.unit.node.apply import programs
from tests.unit.node.apply.kit import CLUSTER, HOME, Ended

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

CONF = File("/etc/app.conf", "new\n")


def run_for_real(machine: Machine, request: Any, **more: Any) -> Ended:
    """The very text that is sent to machines, in a Python of its own, with programs on its PATH."""
    folder = machine.root.parent / "bin"
    folder.mkdir(exist_ok=True)
    for name in programs.PROGRAMS:
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {programs.__file__} {machine.root} {name} "$@"\n')
        path.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, "-I", "-c", program_text(APPLY)],
        input=json.dumps(request) if not isinstance(request, str) else request,
        env={"PATH": f"{folder}:/usr/bin:/bin", "CLUSTER_PROVISION_ROOT": str(machine.root)},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )
    assert ended.stderr == ""
    return Ended(ended.stdout, ended.returncode)


def request(do: str, *resources: Any, **more: Any) -> dict[str, Any]:
    return {"do": do, "cluster": CLUSTER, "plan": Plan(CLUSTER, "n-1", resources).to_json(), **more}


def test_the_text_that_is_sent_applies_and_undoes_by_the_machines_programs(machine: Machine) -> None:
    machine.packages(munge={"files": {"/etc/munge/munge.conf": "m\n"}, "units": ["munge"]})
    before = machine.tree()
    plan = (Packages(("munge",)), CONF, Service("munge", restart_on=(CONF.path,)))
    ended = run_for_real(machine, request("apply", *plan))
    assert (ended.status, ended.ended["changed"]) == (0, 3)
    assert machine.unit_is("munge") == "enabled active"
    assert run_for_real(machine, request("undo")).status == 0
    assert machine.tree() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "JSONDecodeError"),
        ("{", "JSONDecodeError"),
        ("{}", "KeyError: 'cluster'"),
        ('{"do": "apply", "cluster": "../etc"}', "can't be the name of a cluster"),
        ('{"do": "apply", "cluster": "a", "plan": {"schema": 2, "resources": []}}', "the plan has the schema 2"),
        ('{"do": "dance", "cluster": "a"}', "KeyError: 'dance'"),
    ],
)
def test_a_request_that_is_no_request_is_a_failure_in_words(machine: Machine, text: str, words: str) -> None:
    ended = run_for_real(machine, text)
    assert words in ended.lines["machine"]["detail"]
    assert (ended.status, ended.ended["failed"]) == (1, 1)


def test_a_kind_that_is_not_known_is_a_failure_in_words(machine: Machine) -> None:
    plan = {"schema": 1, "resources": [{"kind": "moon", "name": "x"}]}
    ended = machine.apply(plan=plan)
    assert "doesn't know the kind" in ended.lines["moon x"]["detail"]


def test_a_machine_of_another_cluster_is_refused(machine: Machine) -> None:
    machine.apply(CONF)
    for do in ("apply", "diff"):
        ended = machine.run(do, CONF, cluster="lyra")
        assert ended.lines["machine"]["detail"].startswith("this machine belongs to cluster vega")
    assert not (machine.root / HOME / "lyra").exists()


def test_undo_of_another_cluster_changes_nothing(machine: Machine) -> None:
    machine.apply(CONF)
    assert machine.run("undo", cluster="lyra").ended["changed"] == 0
    assert machine.read("etc/app.conf") == "new\n"


@pytest.mark.parametrize("do", ["apply", "undo"])
def test_a_second_run_is_told_who_is_at_work(machine: Machine, do: str) -> None:
    machine.apply(CONF)
    with (machine.root / HOME / CLUSTER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("apply, process 4711, since noon")
        lock.flush()
        ended = machine.run(do, CONF)
    detail = ended.lines["machine"]["detail"]
    assert detail == "another run is at work on this machine: apply, process 4711, since noon"


def test_a_comparison_waits_for_nobody(machine: Machine) -> None:
    machine.apply(CONF)
    with (machine.root / HOME / CLUSTER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert machine.diff(CONF).states == {"file /etc/app.conf": "unchanged"}


def test_a_run_that_changes_nothing_leaves_nothing(machine: Machine) -> None:
    machine.write(CONF.path, CONF.content)
    before = machine.tree()
    machine.apply(CONF)
    machine.undo()
    machine.diff(CONF)
    machine.run("status")
    assert machine.tree() == before


def test_the_clusters_state_beside_the_journal_stays(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write(f"{HOME}/{CLUSTER}/state/cluster.json", "{}")
    machine.undo()
    assert [each.name for each in (machine.root / HOME / CLUSTER).iterdir()] == ["state"]


def test_undo_without_a_journal_has_nothing_to_do(machine: Machine) -> None:
    assert machine.undo().ended == {
        "changed": 0,
        "unchanged": 0,
        "would change": 0,
        "failed": 0,
        "left": [],
        "kept": [],
    }


def test_a_copy_of_the_journal_gives_back_where_the_machine_has_lost_its_own(machine: Machine) -> None:
    machine.write("etc/app.conf", "theirs\n")
    before = machine.tree()
    machine.apply(CONF, Folder("/srv/x"))
    copy = machine.run("status").journal
    (machine.root / HOME / CLUSTER / "journal.json").unlink()
    machine.undo(journal=copy)
    assert machine.tree() == before


def test_the_machines_own_journal_comes_before_a_copy(machine: Machine) -> None:
    machine.apply(CONF)
    copy = machine.run("status").journal
    machine.apply(CONF, Folder("/srv/x"))
    machine.undo(journal=copy)
    assert not (machine.root / "srv/x").exists()


def test_a_damaged_journal_is_told_and_nothing_is_changed(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write(f"{HOME}/{CLUSTER}/journal.json", '{"entries": ')
    ended = machine.apply(CONF, Folder("/srv/x"))
    assert "journal.json is damaged" in ended.lines["machine"]["detail"]
    assert not (machine.root / "srv/x").exists()


def test_a_journal_of_a_later_version_is_refused(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write(f"{HOME}/{CLUSTER}/journal.json", json.dumps({**machine.journal(), "schema": 2}))
    assert "the journal has the schema 2" in machine.undo().lines["machine"]["detail"]


def test_a_full_disk_is_told_and_harms_nothing(machine: Machine) -> None:
    machine.write("etc/app.conf", "theirs\n")
    large = File("/etc/app.conf", "x" * 300_000)
    ended = run_for_real(
        machine,
        request("apply", large),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert ended.lines["file /etc/app.conf"]["detail"].startswith("File too large")
    assert machine.read("etc/app.conf") == "theirs\n"
    assert [path.name for path in (machine.root / "etc").iterdir() if "cluster-provision" in path.name] == []


def test_a_machine_without_dpkg_is_told(machine: Machine) -> None:
    (machine.root / "var/lib/dpkg/status").unlink()
    ended = machine.apply(Packages(("munge",)))
    assert ended.lines["packages munge"]["detail"].startswith("No such file or directory")


def test_a_file_that_is_mounted_by_itself_is_written_in_place(machine: Machine) -> None:
    hosts = machine.root / "etc/hosts"
    before, inode = hosts.read_text(), hosts.stat().st_ino
    machine.apply(Block("/etc/hosts", CLUSTER, ("10.0.0.1 n-1",)), busy="hosts")
    assert "10.0.0.1 n-1" in hosts.read_text()
    machine.run("undo", busy="hosts")
    assert (hosts.read_text(), hosts.stat().st_ino) == (before, inode)
    assert stat.S_IMODE(hosts.stat().st_mode) == 0o644


def test_nobody_who_listens_ends_the_run_quietly(machine: Machine) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-I", "-c", program_text(APPLY)],
        input=json.dumps(request("apply", CONF)).encode(),
        env={"PATH": "/usr/bin:/bin", "CLUSTER_PROVISION_ROOT": str(machine.root)},
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert machine.apply(CONF).status == 0


def test_a_signal_ends_a_run_between_two_resources(machine: Machine) -> None:
    stop = Command("stop", ("sh", "-c", 'kill -TERM $PPID; echo done > "$CLUSTER_PROVISION_ROOT/srv/done"'))
    ended = machine.apply(stop, CONF)
    assert ended.states == {"command stop": "changed", "file /etc/app.conf": "failed"}
    assert "a signal ended the run" in ended.lines["file /etc/app.conf"]["detail"]
    assert machine.read("srv/done") == "done\n"
