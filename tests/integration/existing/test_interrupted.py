"""Runs that are killed, cut off or meet each other: the next one goes on, and Destroy gives all machines back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.existing.tool import wait_for

if TYPE_CHECKING:
    import subprocess

    from tests.integration.existing.tool import ExistingTool

SLOW = 4.0
"""Seconds for which a machine keeps a run waiting, so that it is surely at work there."""


def at_work(existing: ExistingTool, after: str = "✓ controller") -> subprocess.Popen[str]:
    """A Create that has said this and waits for a node."""
    existing.is_slow("node2", SLOW, skip=1)  # its first command is the look before anything changes
    process = existing.started("Create")
    wait_for(process, after)
    return process


def killed(existing: ExistingTool, after: str) -> None:
    process = at_work(existing, after)
    process.kill()
    process.wait()
    existing.goes_wrong()


@pytest.mark.parametrize("after", ["✓ preflight", "✓ members", "✓ controller"])
def test_create_goes_on_where_a_killed_one_was_and_destroy_gives_back(existing: ExistingTool, after: str) -> None:
    existing.are_there()
    before = existing.snapshot()
    killed(existing, after)
    said = existing.run("Create", UNLOCK_DEAD="yes")
    assert said.returncode == 0, said.stderr
    assert "a job ran on 3 of 3 nodes" in said.stderr
    assert existing.no_changes()
    existing.nothing_is_left_after_destroy()
    assert existing.snapshot() == before


def test_destroy_gives_back_what_a_killed_create_had_done(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    killed(existing, "✓ controller")
    refused = existing.result("Destroy", expected=14)["error"]
    assert "its run: Create, process " in refused["message"]
    assert "sudo rm /var/lib/cluster-provision/demo/state/lock.json   (on head)" in refused["advice"]
    existing.nothing_is_left_after_destroy(UNLOCK_DEAD="yes")
    assert existing.snapshot() == before


def test_unlock_leaves_a_run_that_lives_and_clears_the_lock_of_a_dead_one(existing: ExistingTool) -> None:
    process = at_work(existing)
    assert "that run lives" in existing.result("Unlock", expected=14)["error"]["message"]
    assert existing.result("Create", expected=14)["error"]["class"] == "StateLocked"
    process.kill()
    process.wait()
    existing.goes_wrong()
    assert "is removed" in existing.run("Unlock").stdout
    assert not existing.state("lock.json").exists()
    assert existing.result("Create")["ok"]


def test_the_first_of_two_creates_goes_through(existing: ExistingTool) -> None:
    process = at_work(existing)
    refused = existing.result("Create", expected=14)["error"]
    assert "the state of demo is locked by" in refused["message"]
    assert process.stderr is not None
    told = process.stderr.read()
    assert process.wait() == 0, told
    assert existing.no_changes()


def test_a_run_whose_lock_is_taken_away_stops_before_the_next_machines(existing: ExistingTool) -> None:
    existing.is_slow("node2", 12, skip=1)
    process = existing.started("Create", LOGIN_NODES="login1")
    wait_for(process, "✓ controller")
    held = json.loads(existing.state("lock.json").read_text())
    existing.state("lock.json").write_text(json.dumps({**held, "id": "another", "holder": "a@b"}))
    assert process.stderr is not None
    told = process.stderr.read()
    assert process.wait() == 14, told
    assert "taken away while it was at work" in told and "a@b" in told
    assert not existing.file("login1", "/etc/slurm/slurm.conf").exists()
    assert existing.state("lock.json").exists()


def test_a_signal_lets_the_machines_finish_and_frees_the_lock(existing: ExistingTool) -> None:
    process = at_work(existing)
    process.terminate()
    assert process.wait() == 143
    existing.goes_wrong()
    assert not existing.state("lock.json").exists()
    assert existing.result("Create")["ok"]


@pytest.mark.parametrize("commands", [1, 2])
def test_create_goes_on_after_a_connection_to_a_node_broke(existing: ExistingTool, commands: int) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.breaks("node2", skip=commands, times=1)
    failed = existing.result("Create", expected=15)["error"]
    assert "node2: the connection ended" in failed["message"]
    assert existing.result("Create")["ok"]
    existing.nothing_is_left_after_destroy()
    assert existing.snapshot() == before


@pytest.mark.parametrize("commands", [0, 2, 4, 6, 8, 10, 13])
def test_create_goes_on_after_the_connection_to_the_controller_broke(existing: ExistingTool, commands: int) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.breaks("head", skip=commands, times=1)
    assert existing.run("Create").returncode in (0, 15)
    existing.goes_wrong()
    assert existing.result("Create", UNLOCK_DEAD="yes")["ok"]
    existing.nothing_is_left_after_destroy()
    assert existing.snapshot() == before


def test_create_goes_on_where_a_package_broke(existing: ExistingTool) -> None:
    existing.wrong(node2={"broken_packages": ["slurmd"]})
    failed = existing.result("Create", expected=24)["error"]
    assert "node2 could not be set up" in failed["message"] and "no space left" in failed["message"]
    existing.wrong()
    assert existing.result("Create")["ok"]
    assert existing.no_changes()


@pytest.mark.parametrize("daemon", ["slurmdbd", "slurmctld", "munge"])
def test_a_daemon_that_does_not_start_is_named(existing: ExistingTool, daemon: str) -> None:
    existing.wrong(head={"fails": [daemon]})
    failed = existing.result("Create", expected=24)["error"]
    assert f"service {daemon}: " in failed["message"] and "head" in failed["message"]
    existing.wrong()
    assert existing.result("Create")["ok"]


def test_a_failing_prolog_fails_the_proof_with_its_words(existing: ExistingTool) -> None:
    existing.wrong(node2={"prolog": "cluster-provision: prolog: /scratch is full"})
    failed = existing.result("Create", expected=24)["error"]
    assert "the job that proves the cluster failed" in failed["message"] and "/scratch is full" in failed["message"]


def test_a_destroy_that_was_killed_goes_on_where_it_was(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create")
    existing.is_slow("node2", SLOW, skip=1)
    process = existing.started("Destroy")
    journal = existing.file("node1", "/var/lib/cluster-provision/demo/journal.json")
    while journal.exists():
        assert process.poll() is None
    process.kill()
    process.wait()
    existing.goes_wrong()
    existing.nothing_is_left_after_destroy(UNLOCK_DEAD="yes")
    assert existing.snapshot() == before
