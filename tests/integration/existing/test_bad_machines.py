"""Machines that can't make a cluster: every one is named with all that is wrong with it, and none is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

ROCKY = (
    'PRETTY_NAME="Rocky Linux 9.4"\nNAME="Rocky Linux"\nVERSION_ID="9.4"\nID="rocky"\nID_LIKE="rhel centos fedora"\n'
)
LISTENING = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 00000000:1AA1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99999999 1 0\n"
)
"""/proc/net/tcp with something that listens on 6817, slurmctld's port."""


def refused(existing: ExistingTool, code: int, *told: str, action: str = "Create", **settings: str) -> dict[str, Any]:
    """The action ends with this code, and names each of these."""
    result = existing.result(action, expected=code, **settings)
    for text in told:
        assert text in result["error"]["message"], result["error"]["message"]
    return result


@pytest.mark.parametrize("action", ["Plan", "Validate", "Create"])
def test_all_that_is_wrong_with_any_machine_is_in_one_answer(existing: ExistingTool, action: str) -> None:
    settings = {"NODES": "node[1-7]", "SSH_USER": "ops"}
    existing.result("Validate", **settings)
    existing.file("node3", "/etc/slurm").mkdir()
    existing.file("node3", "/etc/slurm/slurm.conf").write_text("ClusterName=theirs\n")
    existing.file("node5", "/var/lib/cluster-provision/vega").mkdir(parents=True)
    existing.file("node5", "/var/lib/cluster-provision/vega/journal.json").write_text("{}")
    existing.file("node6", "/proc/net/tcp").write_text(LISTENING)
    existing.file("node7", "/etc/os-release").write_text(ROCKY)
    existing.wrong(node1={"starts": False}, node2={"sudo": False}, node4={"clock": 3600})
    before = existing.snapshot()
    found = refused(
        existing,
        11,
        "node1 does not answer",
        "node2: sudo refuses",
        "node3 has another Slurm already: /etc/slurm/slurm.conf",
        "node4 has its clock 60 minutes ahead of the other machines'",
        "node5 belongs to the cluster vega of this tool",
        "node6 has ports taken that the cluster needs: 6817",
        "node7 can't be taken: Rocky Linux",
        action=action,
        **settings,
    )
    assert rows(found)["machines reached"] == ("failed", "6 of 8; not node1, node2")
    assert existing.snapshot() == before


@pytest.mark.parametrize(
    ("condition", "code", "told"),
    [
        ({"starts": False}, 15, "node2 does not answer at node2 port 22"),
        ({"accepts_keys": False}, 10, "node2 at node2 port 22, through a proxy accepts no key for ops"),
        ({"sudo": False}, 11, "node2: sudo refuses: sudo: a password is required"),
        ({"clock": -7200}, 24, "node2 has its clock 2.0 hours behind the other machines'"),
        ({"free_mb": {"/": 10, "/var": 10}}, 24, "node2 has 10 MiB free in /"),
        ({"release": "13"}, 24, "node2 has Slurm 24.11, and one release is needed on all"),
    ],
)
def test_one_bad_machine_ends_with_its_own_code(
    existing: ExistingTool, condition: dict[str, Any], code: int, told: str
) -> None:
    existing.result("Validate", SSH_USER="ops")
    existing.wrong(node2=condition)
    before = existing.snapshot()
    refused(existing, code, told, SSH_USER="ops")
    assert existing.snapshot() == before


def test_a_controller_that_is_off_ends_with_the_others_that_are_off(existing: ExistingTool) -> None:
    existing.result("Validate")
    existing.wrong(head={"starts": False}, node2={"starts": False})
    found = existing.result("Create", expected=15)["error"]
    assert "head does not answer" in found["message"] and "node2 does not answer" in found["message"]


def test_gpus_that_differ_within_a_partition_are_named(existing: ExistingTool) -> None:
    existing.has(existing={"gpus": 8}, machines={"head": {"gpus": 0}, "node2": {"gpus": 7}})
    refused(existing, 24, "node2", "7")
    apart = "whole:Nodes=node[1,3];rest:Nodes=node2"
    assert existing.result("Create", PARTITIONS=apart, VALIDATE="job")["ok"]


def test_two_names_of_one_machine_are_named(existing: ExistingTool) -> None:
    """The same address and the same start: as machines that a second name of a name server leads to."""
    existing.are_there()
    existing.told("node3", address=existing_address(existing, "node2"))
    existing.file("node3", "/proc/stat").write_text(existing.file("node2", "/proc/stat").read_text())
    assert refused(existing, 24, "node3 is the same machine as node2")["changes"] is None


def test_a_running_slurm_of_somebody_elses_is_left_alone(existing: ExistingTool) -> None:
    existing.are_there()
    existing.file("node1", "/proc/4000").mkdir()
    existing.file("node1", "/proc/4000/comm").write_text("slurmd\n")
    existing.file("node1", "/proc/4000/cmdline").write_text("/usr/sbin/slurmd\0")
    assert refused(existing, 24, "node1 has another Slurm already: slurmd running")["changes"] is None


def test_keys_that_slurm_does_not_know_are_named_before_anything_changes(existing: ExistingTool) -> None:
    refused(existing, 2, "SlurmdTimeuot", SLURM_CONF_EXTRA="SlurmdTimeuot=5")
    assert existing.left() == []


def existing_address(existing: ExistingTool, name: str) -> str:
    import json

    return str(json.loads((existing.machines / name / "machine.json").read_text())["address"])
