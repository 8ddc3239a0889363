"""systemd, cgroups and daemons that run; and the whole look, of which one failure costs one fact alone."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.slurm.facts import MachineFacts
from node import facts
from node.looks.system import cgroup, cgroup_controllers, daemons, detected, sudo, time_synchronized, unit_states

if TYPE_CHECKING:
    from tests.unit.node.looks.conftest import Machine


def test_cgroups_of_both_versions(machine: Machine) -> None:
    assert cgroup() == "v1"
    machine.write("/sys/fs/cgroup/unified/cgroup.controllers", "")
    assert cgroup() == "hybrid"
    machine.write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu\n")
    assert (cgroup(), cgroup_controllers()) == ("v2", ["cpuset", "cpu"])


def test_controllers_of_version_1_are_those_that_are_enabled(machine: Machine) -> None:
    machine.write("/proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t1\t2\t1\nmemory\t0\t1\t0\n")
    assert cgroup_controllers() == ["cpuset"]


def test_units_that_are_not_there_are_empty(machine: Machine) -> None:
    (machine.root / "run/systemd/system").mkdir(parents=True)
    shown = (
        "Id=chrony.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n"
        "Id=ntp.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n"
    )
    machine.says["systemctl"] = (0, shown)
    assert unit_states(["chrony", "ntp", "chrony"]) == {
        "chrony": {"active": "active", "enabled": "enabled"},
        "ntp": {"active": "", "enabled": ""},
    }


def test_without_systemd_no_unit_is_there(machine: Machine) -> None:
    assert unit_states(["chrony"]) == {"chrony": {"active": "", "enabled": ""}}


def test_daemons_are_found_by_their_programs_names(machine: Machine) -> None:
    for number, name, line in (
        (7, "slurmd", "/usr/sbin/slurmd\0-D\0"),
        (3, "munged", "munged\0"),
        (9, "sshd", "sshd\0"),
    ):
        machine.write(f"/proc/{number}/comm", f"{name}\n")
        machine.write(f"/proc/{number}/cmdline", line)
    (machine.root / "proc/11").mkdir()  # it has just ended
    assert [(each["program"], each["pid"], each["command"]) for each in daemons()] == [
        ("munged", 3, "munged"),
        ("slurmd", 7, "/usr/sbin/slurmd -D"),
    ]


@pytest.mark.parametrize(("said", "found"), [("yes\n", True), ("no\n", False), ("", None)])
def test_whether_the_time_is_synchronized_is_known_or_not(machine: Machine, said: str, found: bool | None) -> None:
    machine.says["timedatectl"] = (0, said)
    assert time_synchronized() is found


def test_a_machine_that_can_not_tell_where_it_runs_raises(machine: Machine) -> None:
    with pytest.raises(OSError, match="no such program"):
        detected("--vm")
    machine.says["systemd-detect-virt"] = (1, "none\n")
    assert detected("--vm") == ""


@pytest.mark.parametrize(
    ("uid", "environ", "answers", "found"),
    [
        (1000, {}, {}, "refused"),
        (0, {}, {}, "root"),
        (0, {"SUDO_UID": "1000"}, {"sudo": (0, "")}, "passwordless"),
        (0, {"SUDO_UID": "1000"}, {"sudo": (1, "")}, "password"),
    ],
)
def test_how_the_program_became_root(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    uid: int,
    environ: dict[str, str],
    answers: dict[str, tuple[int, str]],
    found: str,
) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    machine.says |= answers
    assert sudo() == found


def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], request: str = "") -> dict[str, Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO(request))
    facts.main()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def whole(machine: Machine) -> Machine:
    machine.write("/proc/stat", "cpu 1\nbtime 1790000000\n")
    machine.write("/proc/meminfo", "MemTotal:       65000000 kB\n")
    machine.write("/etc/os-release", "ID=debian\n")
    return machine


def test_all_facts_are_printed_as_one_object_that_the_tool_understands(
    whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = MachineFacts.from_json(printed(monkeypatch, capsys, '{"ports": [6817], "programs": ["python3"]}'))
    assert (found.os_release, found.boot_time, found.memory_mb) == ("ID=debian\n", 1790000000.0, 63476)


def test_a_look_that_fails_costs_its_own_fact_alone(
    whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole.write("/proc/stat", "nothing\n")
    found = printed(monkeypatch, capsys)
    assert found["boot_time"] is None and "boot_time" in found["unseen"]
    assert found["memory_mb"] == 63476


def test_clusters_of_the_machine_are_those_with_a_journal(
    whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole.write("/var/lib/cluster-provision/vega/journal.json", "{}")
    (whole.root / "var/lib/cluster-provision/lyra/state").mkdir(parents=True)
    assert printed(monkeypatch, capsys)["clusters"] == ["vega"]


def test_the_serial_number_of_a_dgx_is_not_told(
    whole: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole.write("/etc/dgx-release", 'DGX_NAME="DGX Server"\nDGX_SERIAL_NUMBER="QTF12345"\n')
    found = printed(monkeypatch, capsys)
    assert found["dgx_release"] == 'DGX_NAME="DGX Server"\n' and "QTF12345" not in json.dumps(found)
