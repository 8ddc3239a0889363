"""Who may log in to a compute node, and the word that they read there."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import Machine
from cluster_provision.slurm.plan import Block
from cluster_provision.slurm.roles.access import may_adopt
from tests.unit.slurm.clusters import cluster
from tests.unit.slurm.roles.outline import files, outline, packages
from tests.unit.slurm.roles.plans import command, each, plan

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.plan import Plan

LOGINS = "/etc/security/cluster-provision-logins"
NO_CGROUPS = (("ProctrackType", "proctrack/linuxproc"),)


def sshd(of: Plan) -> tuple[str, ...]:
    return next((block.lines for block in each(of, Block) if block.path == "/etc/pam.d/sshd"), ())


def test_a_node_lets_in_whoever_is_listed_and_then_only_users_with_a_job() -> None:
    listed, adopted = sshd(plan())
    assert listed.startswith("account sufficient pam_listfile.so item=user sense=allow onerr=fail")
    assert listed.endswith(f"file={LOGINS}")
    assert adopted == "account required pam_slurm_adopt.so"
    assert "libpam-slurm-adopt" in packages(plan())


def test_a_node_whose_host_has_another_name_says_which_it_is_in_slurm() -> None:
    named = (*cluster().machines[:1], Machine("lyra01", "10.30.0.11", own_name="gpu-a7"), *cluster().machines[2:])
    assert sshd(plan(machines=named))[1] == "account required pam_slurm_adopt.so nodename=lyra01"
    assert sshd(plan("lyra02", machines=named))[1] == "account required pam_slurm_adopt.so"
    assert "\nnode lyra01\n" in files(plan(machines=named))["/etc/cluster-provision/health.conf"].content


def test_a_group_of_administrators_needs_no_job_either() -> None:
    of = plan(ssh_groups=("google-sudoers",))
    listed, groups, adopted = sshd(of)
    assert groups == listed.replace("item=user", "item=group").replace("-logins", "-groups")
    assert files(of)["/etc/security/cluster-provision-groups"].content == "google-sudoers\n"
    assert adopted.startswith("account required")


def test_root_and_the_account_by_which_we_come_never_lose_their_way_in() -> None:
    assert files(plan(ssh_exceptions=("monitor", "ubuntu")))[LOGINS].content == "root\nubuntu\nmonitor\n"


def test_the_list_is_there_before_sshd_asks_for_it_and_both_are_last() -> None:
    order = outline(plan())
    assert order.index(f"file {LOGINS}") < order.index("block /etc/pam.d/sshd")
    assert order[-1] == "block /etc/pam.d/sshd"


@pytest.mark.parametrize(
    ("machine", "changes"),
    [
        ("lyra-hd", {}),
        ("lyra01", {"adopt": False}),
        ("lyra01", {"extra": NO_CGROUPS}),
        ("lyra01", {"logins": ("lyra01",)}),
        ("lyra01", {"controller": "lyra01"}),
        ("lyra01", {"nfs_server": "lyra01"}),
    ],
)
def test_machines_where_users_log_in_or_where_it_can_not_work_are_left_open(
    machine: str, changes: dict[str, object]
) -> None:
    assert sshd(plan(machine, **changes)) == ()


def test_only_cgroups_can_adopt_a_login() -> None:
    assert may_adopt(cluster())
    assert may_adopt(cluster(extra=(("proctracktype", "cgroup"),)))
    assert not may_adopt(cluster(extra=NO_CGROUPS))


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("session\toptional\tpam_systemd.so", False),
        ("# session optional pam_systemd.so", True),
        ("session required pam_unix.so", True),
    ],
)
def test_sessions_of_systemd_are_turned_off_where_they_are_on(line: str, done: bool, tmp_path: Path) -> None:
    sessions = tmp_path / "common-session"
    sessions.write_text(f"session [default=1] pam_permit.so\n{line}\n")
    off = command(plan(), "no session of systemd's for logins")
    moved = [str(sessions) if word == "/etc/pam.d/common-session" else word for word in off.unless]
    assert (subprocess.run(moved, check=False).returncode == 0) is done
    assert (off.argv[1:], off.undo[1:]) == (("--disable", "systemd"), ("--enable", "systemd"))


def test_a_node_says_that_gpus_belong_to_jobs_and_how_to_get_some() -> None:
    word = files(plan())["/etc/motd.d/cluster-provision"].content
    assert "Jobs start on lyra-hd" in word
    assert "srun --gres=gpu:1 --pty nvidia-smi" in word
    assert "Only users with a job on this node" in word


def test_a_node_does_not_say_what_is_not_so() -> None:
    word = files(plan(nodes=cluster().nodes[:1], extra=NO_CGROUPS))["/etc/motd.d/cluster-provision"].content
    assert "Only users with a job" not in word


def test_a_login_node_says_where_the_examples_are() -> None:
    assert "/usr/local/share/slurm-examples" in files(plan("lyra-hd"))["/etc/motd.d/cluster-provision"].content
