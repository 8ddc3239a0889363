"""What keeps machines from making a cluster: every machine's own failure, and nothing of those that are fine."""

from __future__ import annotations

import pytest

from cluster_provision.checks.existing.clock import clock
from cluster_provision.checks.existing.configuration import configuration
from cluster_provision.checks.existing.hardware import hardware
from cluster_provision.checks.existing.identity import identity
from cluster_provision.checks.existing.others import other_clusters, ports
from cluster_provision.checks.existing.preflight import CHECKS, look
from cluster_provision.checks.existing.reached import reached
from cluster_provision.checks.existing.room import room
from cluster_provision.checks.existing.subject import Subject
from cluster_provision.errors import Unreachable
from cluster_provision.slurm.facts import Daemon, Listener
from tests.unit.checks.existing.seen import machine, settings, subject, told

OURS = {"clusters": ("vega",)}


def test_machines_that_are_fine_pass_all_checks() -> None:
    found = look(subject())
    assert told(found) == []
    assert {check.status for check in found.checks} == {"ok"} and len(found.checks) == len(CHECKS)


def test_all_failures_of_all_machines_are_in_one_finding() -> None:
    bad = (machine("node1", ahead=900.0), machine("node2", clusters=("lyra",), free_mb={"/": 5}))
    found = told(look(subject(*bad)))
    assert [text.split()[0] for text in found] == ["node1", "node2", "node2"]


# reached


def test_machines_that_were_not_reached_are_their_own_failures() -> None:
    failure = Unreachable("node2 does not answer")
    found = reached(Subject(settings(), {"head": machine("head")}, {"node2": failure}))
    assert found.failures == (failure,) and found.checks[0].detail == "1 of 2; not node2"


# the clock


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(70.0, "70 s ahead of"), (-600.0, "10 minutes behind"), (3660.0, "61 minutes ahead of"), (7200.0, "2.0 hours")],
)
def test_a_clock_is_compared_with_the_other_machines(ahead: float, words: str) -> None:
    (text,) = told(clock(subject(machine("node1", ahead=ahead))))
    assert text.startswith(f"node1 has its clock {words}")


def test_a_wrong_clock_of_the_host_that_the_tool_runs_on_is_no_machines_fault() -> None:
    all_off = [machine(name, ahead=-5000.0) for name in ("head", "node1", "node2")]
    assert told(clock(subject(*all_off))) == []


def test_a_few_seconds_are_what_a_look_can_err() -> None:
    assert told(clock(subject(machine("node1", ahead=30.0)))) == []


# two names of one machine


def test_two_names_that_lead_to_one_machine_are_told() -> None:
    twin = machine("node2", ssh_address="10.0.0.49", boot_time=1049.0)
    (text,) = told(identity(subject(machine("node1", ssh_address="10.0.0.49", boot_time=1049.4), twin)))
    assert text == "node2 is the same machine as node1: both answer at 10.0.0.49"


def test_the_same_private_address_in_two_places_is_two_machines() -> None:
    one, other = (
        machine(name, ssh_address="192.168.0.2", boot_time=time) for name, time in (("node1", 1.0), ("node2", 9.0))
    )
    assert told(identity(subject(one, other))) == []


def test_a_machine_that_can_not_tell_its_address_is_no_twin() -> None:
    both = (machine(name, ssh_address="", boot_time=1.0) for name in ("node1", "node2"))
    assert told(identity(subject(*both))) == []


# another Slurm


def test_another_cluster_of_the_tool_is_named() -> None:
    (text,) = told(other_clusters(subject(machine("node1", clusters=("lyra",)))))
    assert text == "node1 belongs to the cluster lyra of this tool"


def test_a_foreign_slurm_is_named_by_its_daemons_and_files() -> None:
    daemons = (Daemon("slurmd", 7), Daemon("munged", 8))
    foreign = machine("node1", daemons=daemons, slurm_files={"/etc/slurm/slurm.conf": "ClusterName=x"})
    (text,) = told(other_clusters(subject(foreign)))
    assert text == "node1 has another Slurm already: slurmd running; /etc/slurm/slurm.conf"


def test_files_that_a_package_brought_are_nobodys_slurm() -> None:
    packaged = {"slurm_files": {"/etc/slurm/plugstack.conf": None}, "slurm_packaged": ("/etc/slurm/plugstack.conf",)}
    assert told(other_clusters(subject(machine("node1", **packaged)))) == []


def test_munge_alone_is_no_slurm() -> None:
    assert told(other_clusters(subject(machine("node1", daemons=(Daemon("munged", 8),))))) == []


def test_the_clusters_own_slurm_is_no_other() -> None:
    own = machine("node1", **OURS, daemons=(Daemon("slurmd", 7),), slurm_files={"/etc/slurm/slurm.conf": ""})
    assert told(other_clusters(subject(own))) == []


def test_of_many_files_each_folder_is_named_once() -> None:
    many = {f"/etc/slurm/{number}.conf": None for number in range(9)}
    many["/etc/systemd/system/slurmd.service"] = None
    (text,) = told(other_clusters(subject(machine("node1", slurm_files=many))))
    assert text.endswith("/etc/slurm/0.conf and 8 more in /etc/slurm, /etc/systemd/system/slurmd.service")


# ports


def test_a_port_that_something_else_has_is_named_with_it() -> None:
    taken = machine("node1", listeners=(Listener(6818, "0.0.0.0", "nginx"), Listener(6817, "0.0.0.0")))  # noqa: S104
    (text,) = told(ports(subject(taken)))
    assert "6818 (nginx)" in text and "6817 (unknown program)" in text


def test_a_port_that_has_its_own_program_is_free() -> None:
    assert told(ports(subject(machine("node1", listeners=(Listener(6818, "::", "slurmd"),))))) == []


def test_ports_of_machines_in_the_cluster_are_their_own() -> None:
    assert told(ports(subject(machine("node1", **OURS, listeners=(Listener(6818, "::", "x"),))))) == []


# room


def test_too_little_room_is_named_for_each_place() -> None:
    (text,) = told(room(subject(machine("node1", free_mb={"/": 10, "/var": 900, "/tmp": 5000}))))
    assert text == "node1 has 10 MiB free in /, where 1024 are needed and 900 MiB free in /var, where 1024 are needed"


def test_room_that_is_not_known_is_not_short() -> None:
    assert told(room(subject(machine("node1", free_mb={})))) == []


def test_machines_that_are_set_up_need_no_room() -> None:
    assert told(room(subject(machine("node1", **OURS, free_mb={"/": 1})))) == []


# hardware and keys


def test_a_node_whose_processors_are_unknown_is_named() -> None:
    (text,) = told(hardware(subject(machine("node1", processors=None))))
    assert text.startswith("node1: ")


def test_the_controllers_own_hardware_does_not_count() -> None:
    assert told(hardware(subject(machine("head", processors=None)))) == []


def test_keys_that_the_release_does_not_know_are_refused_by_name() -> None:
    found = configuration(subject(given={"SLURM_CONF_EXTRA": "SlurmctldParameters=idle_on_node_suspend;KillWait=5"}))
    assert told(found) == [] and found.checks[0].detail.startswith("Slurm 22.05, 2 keys")
