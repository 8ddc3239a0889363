"""What goes wrong on machines that boot, and how a run goes on after it. The tests are one story, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.existing.machine import BOOT, Machine
from tests.e2e.existing.running import Running

if TYPE_CHECKING:
    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]  # the played machines go through the same in less time

CLUSTER = ("head", "store", "node1", "node2")
JOURNAL = "/var/lib/cluster-provision/vega/journal.json"
AT_WORK = f"test -s {JOURNAL} && echo yes || true"
PROLOG = "/etc/slurm/prolog.d/30-scratch"
WAITS = "--wrap='until [ -e /tmp/go ]; do sleep 0.2; done'"
UP = "sinfo --noheader --format='%T %N' 2>&1 || true"
DROP_IN = "/run/systemd/system/slurmdbd.service.d/broken.conf"


@pytest.fixture(scope="module")
def conditions() -> dict[str, Any]:
    """The nodes' kernels lack memory cgroups; a third node has fewer GPUs, and its clock is off."""
    node = {"gpus": 2, "memory_cgroups": False}
    return {"machines": {"node1": node, "node2": node, "node3": {"gpus": 1, "clock": 3600}}}


@pytest.fixture(scope="module")
def settings(settings: dict[str, str]) -> dict[str, str]:
    """The share has a server of its own; jobs alone prove the cluster."""
    return {**settings, "NFS_SERVER": "store", "VALIDATE": "job", "PROOF_TIMEOUT": "1"}


@pytest.fixture(scope="module")
def machines(slurm: Tool) -> dict[str, Machine]:
    return {name: Machine(slurm.engine, name) for name in CLUSTER}


@pytest.fixture(scope="module")
def untouched(slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]) -> dict[str, frozenset[str]]:
    looked = slurm.run("Validate", {**settings, "NODES": "node[1-3]"})
    assert looked.code == 24, looked.told
    return {name: machine.state() for name, machine in machines.items()}


def differences(machines: dict[str, Machine], untouched: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    found = {name: sorted(machine.state() ^ untouched[name]) for name, machine in machines.items()}
    return {name: lines for name, lines in found.items() if lines}


def refused(ended: Finished, code: int, *told: str) -> bool:
    """Whether it ended with this code, and each of these in its message."""
    assert ended.code == code, ended.told
    message = ended.result["error"]["message"]
    assert [text for text in told if text not in message] == [], message
    return True


def succeeded(ended: Finished) -> Finished:
    assert ended.code == 0, ended.told
    return ended


def test_machines_that_do_not_fit_are_named_together_and_none_is_changed(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], untouched: dict[str, frozenset[str]]
) -> None:
    machines["node2"].says("mount -t tmpfs -o size=50m tmpfs /tmp")
    assert refused(
        slurm.run("Create", {**settings, "NODES": "node[1-3]"}),
        24,
        "GPUs differ within partition batch: node[1-2]: gpu:h100_made_up_by_the_rehearsal:2; "
        "node3: gpu:h100_made_up_by_the_rehearsal:1",
        "node3 has its clock 60 minutes ahead of the other machines'",
        "node2 has 50 MiB free in /tmp",
    )
    machines["node2"].says("umount /tmp && systemctl daemon-reload")
    assert differences(machines, untouched) == {}


def test_destroy_gives_back_what_a_create_had_done_that_was_killed_at_work(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], untouched: dict[str, frozenset[str]]
) -> None:
    run = Running(slurm, "Create", settings)
    run.until("✓ storage:")
    machines["head"].until(AT_WORK, lambda text: text == "yes")
    run.is_killed()
    succeeded(slurm.run("Unlock", settings, "--force"))
    succeeded(slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"}))
    assert differences(machines, untouched) == {}


def test_a_node_that_is_switched_off_in_the_middle_is_named_and_the_other_is_set_up(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    run = Running(slurm, "Create", settings)
    run.until("✓ controller:")
    machines["node2"].until(AT_WORK, lambda text: text == "yes")
    machines["node2"].box().kill()
    assert refused(run.ends(), 15, "node2: the connection ended")
    machines["node2"].starts()


def test_a_user_whose_sudo_is_revoked_is_named(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    machines["node1"].says("mv /etc/sudoers.d/90-ops /root/")
    assert refused(slurm.run("Create", settings), 11, "node1: sudo refuses: sudo: a password is required")
    machines["node1"].says("mv /root/90-ops /etc/sudoers.d/")


def test_a_second_create_is_refused_meanwhile_and_a_failing_prolog_fails_the_first_with_its_words(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    machines["node1"].write(PROLOG, "#!/bin/sh\necho /scratch is full\nexit 3\n")
    machines["node1"].says(f"chmod 755 {PROLOG}")
    run = Running(slurm, "Create", settings)
    run.until("✓ members:")
    assert refused(slurm.run("Create", settings), 14, "the state of vega is locked by")
    assert refused(run.ends(), 24, "the job that proves the cluster failed on node[1-2]", "/scratch is full")
    machines["node1"].says(f"rm {PROLOG}")
    reason = machines["head"].says("sinfo --noheader --nodes=node1 --format=%E")
    assert reason == "cluster-provision: prolog 30-scratch: /scratch is full"


def test_create_goes_on_once_all_that_is_mended(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    succeeded(slurm.run("Undrain", settings, "node1"))
    created = succeeded(slurm.run("Create", settings))
    assert {"name": "proof", "status": "ok", "detail": "a job ran on 2 of 2 nodes, which met by PMIx"} in (
        created.result["checks"]
    )
    assert {"name": "restarts", "status": "unknown", "detail": "node[1-2] without memory limits until a restart"} in (
        created.result["checks"]
    )


def test_a_database_daemon_that_does_not_start_is_named(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    head = machines["head"]
    head.says(f"mkdir -p {DROP_IN.rpartition('/')[0]}")
    head.write(DROP_IN, "[Service]\nExecStart=\nExecStart=/bin/false\n")
    head.says("systemctl daemon-reload && systemctl stop slurmdbd")
    assert refused(
        slurm.run("Create", settings),
        24,
        "head could not be set up",
        "slurmdbd ends by itself; look at journalctl -u slurmdbd",
    )
    head.says(f"rm -r {DROP_IN.rpartition('/')[0]} && systemctl daemon-reload")


def test_a_full_disk_is_named_and_what_was_there_stays(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    head = machines["head"]
    before = head.says("sha256sum /etc/slurm/slurm.conf")
    head.says(
        "cp -a /etc/slurm /root/kept && mount -t tmpfs -o size=64k tmpfs /etc/slurm && cp -a /root/kept/. /etc/slurm"
    )
    head.says("dd if=/dev/zero of=/etc/slurm/full bs=1k 2>/dev/null || true")
    changed = {**settings, "SLURM_CONF_EXTRA": "KillWait=45"}
    assert refused(slurm.run("Create", changed), 24, "head", "file /etc/slurm/slurm.conf", "No space left on device")
    assert head.says("sha256sum /etc/slurm/slurm.conf") == before
    head.says("umount /etc/slurm && rm -r /root/kept")
    succeeded(slurm.run("Create", changed))
    assert head.says("scontrol show config | grep -o 'KillWait.*=.*'").split() == ["KillWait", "=", "45", "sec"]
    assert succeeded(slurm.run("Create", settings)).result["changes"]["add"] == 0


def test_nodes_are_restarted_once_their_jobs_have_ended_but_not_one_that_somebody_has_drained(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    head, asked = machines["head"], {**settings, "REBOOT": "yes"}
    before = {name: machines[name].says(BOOT) for name in ("node1", "node2")}
    head.says("scontrol update nodename=node2 state=drain reason=mine")
    job = head.says(
        f"sbatch --parsable --chdir=/tmp --nodelist=node1 --output=/tmp/out {WAITS}",
        "alice",
    )
    head.until(f"squeue --noheader --jobs={job} --format=%T", lambda text: text == "RUNNING")
    run = Running(slurm, "Create", asked)
    head.until("sinfo --noheader --nodes=node1 --format=%E", lambda text: text == "cluster-provision: restart")
    assert machines["node1"].says(BOOT) == before["node1"]
    machines["node1"].says("touch /tmp/go", "alice")
    first = succeeded(run.ends())
    assert head.says(f"sacct --noheader --allocations --jobs={job} --format=state%20").strip() == "COMPLETED"
    assert {"name": "restarts", "status": "unknown", "detail": "node2 drained, and not restarted"} in first.result[
        "checks"
    ]
    assert machines["node1"].says(BOOT) != before["node1"]
    assert machines["node2"].says(BOOT) == before["node2"]
    head.says("scontrol update nodename=node2 state=resume")
    second = succeeded(slurm.run("Create", asked))
    assert {"name": "proof", "status": "ok", "detail": "a job ran on 1 of 1 nodes, which met by PMIx"} in second.result[
        "checks"
    ]
    assert machines["node2"].says(BOOT) != before["node2"]
    assert machines["node2"].says("awk '$1 == \"memory\" {print $4}' /proc/cgroups") == "1"


def test_a_controller_and_a_shares_server_that_were_restarted_by_hand_come_back_with_all_that_they_do(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    machines["head"].says("install -d -o alice /mnt/shared/alice")
    for name in ("head", "store"):
        machines[name].restarts()
    machines["head"].until(UP, lambda text: text == "idle node[1-2]")
    machines["head"].says(
        "cd /mnt/shared/alice && srun --quiet --nodes=2 bash -c 'hostname >$SLURMD_NODENAME'", "alice"
    )
    assert machines["store"].says("cat /export/shared/alice/node*") == "node1\nnode2"
    machines["head"].until(
        "sacct --allusers --allocations --noheader --format=state --name=bash", lambda text: text.strip() == "COMPLETED"
    )
    assert succeeded(slurm.run("Create", settings)).result["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_a_node_that_leaves_while_a_job_runs_keeps_it_and_comes_back(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    head = machines["head"]
    job = head.says("sbatch --parsable --chdir=/tmp --nodelist=node2 --output=/tmp/out --wrap='sleep 1000'", "alice")
    head.until(f"squeue --noheader --jobs={job} --format=%T", lambda text: text == "RUNNING")
    leaving = {**settings, "NODES": "node1", "DRAIN_TIMEOUT": "0"}
    assert refused(slurm.run("Create", leaving), 21, f"jobs still run on node2, which leave the cluster: {job}")
    assert head.says(f"squeue --noheader --jobs={job} --format=%T") == "RUNNING"
    succeeded(slurm.run("Create", settings))
    assert head.says("sinfo --noheader --nodes=node2 --format=%T") in ("mixed", "allocated")
    head.says(f"scancel {job}")


def test_a_shares_server_and_a_controller_that_are_gone_are_named(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine]
) -> None:
    for name in ("store", "head"):
        machines[name].box().kill()
    assert refused(slurm.run("Create", settings), 15, "head does not answer", "store does not answer")
    for name in ("store", "head"):
        machines[name].starts()


def test_destroy_gives_the_machines_back_as_they_were(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], untouched: dict[str, frozenset[str]]
) -> None:
    succeeded(slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"}))
    assert differences(machines, untouched) == {}
    assert "cgroup_enable" not in machines["node1"].says("cat /boot/grub/grub.cfg")
