"""What accounting must know before slurmctld and users ask for it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.slurm.cluster import ClusterUser
from cluster_provision.slurm.roles.accounts import qualities
from tests.unit.slurm.clusters import cluster
from tests.unit.slurm.roles.outline import outline
from tests.unit.slurm.roles.plans import command, plan

if TYPE_CHECKING:
    from pathlib import Path

NIGHT = Partition("night", options=(("QOS", "night"), ("AllowQos", "ALL")))
DAY = Partition("day", options=(("AllowQos", "normal,night"),))
ADA = ClusterUser("ada", 2001, 2001)
GONE = ClusterUser("gone", 2002, 2002, locked=True)
QUALITIES, USERS = "qualities of service", "users in the accounts"


def sacctmgr(folder: Path, script: str) -> dict[str, str]:
    program = folder / "sacctmgr"
    program.write_text(f'#!/bin/sh\necho "$@" >>{folder}/calls\n{script}\n')
    program.chmod(0o755)
    (folder / "sleep").symlink_to("/bin/true")
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_qualities_that_partitions_name_are_made_each_once() -> None:
    assert qualities(cluster(partitions=(NIGHT, DAY))) == ("night", "normal")


def test_they_are_there_before_slurmctld_and_after_the_cluster_is_registered() -> None:
    order = outline(plan("lyra-hd", partitions=(NIGHT,), users=(ADA,)))
    wanted = ("service slurmdbd", f"command {QUALITIES}", f"command {USERS}", "service slurmctld")
    assert sorted(wanted, key=order.index) == list(wanted)


@pytest.mark.parametrize("changes", [{"accounting": False, "partitions": (NIGHT,), "users": (ADA,)}, {}])
def test_without_accounting_or_anything_to_know_nothing_is_run(changes: dict[str, object]) -> None:
    assert not {f"command {QUALITIES}", f"command {USERS}"} & set(outline(plan("lyra-hd", **changes)))


def test_users_are_added_to_one_account_and_those_who_are_locked_are_not(tmp_path: Path) -> None:
    here = command(plan("lyra-hd", users=(ADA, GONE)), USERS)
    subprocess.run(here.argv, env=sacctmgr(tmp_path, "exit 0"), check=True)
    assert calls(tmp_path) == [
        "--immediate add account users cluster=lyra",
        "--immediate add user ada account=users cluster=lyra",
    ]


@pytest.mark.parametrize(
    ("said", "status", "count"),
    [
        ("This qos night already exists.  Not adding.", 0, 1),
        (" Nothing new added.", 0, 1),
        (" Already existing account users on cluster lyra", 0, 1),
        ("Nothing added. Make sure the accounts requested here have been added", 0, 1),
        ("No account users on cluster lyra, skipping. Nothing added.", 1, 1),
        ("Database is busy or waiting for lock from other user.", 1, 10),
        ("Connection refused", 1, 10),
        ("Access/permission denied", 1, 1),
    ],
)
def test_what_is_there_is_done_and_a_busy_database_is_asked_again(
    said: str, status: int, count: int, tmp_path: Path
) -> None:
    here = command(plan("lyra-hd", partitions=(NIGHT,)), QUALITIES)
    run = subprocess.run(
        here.argv, env=sacctmgr(tmp_path, f"echo '{said}'; exit 1"), capture_output=True, text=True, check=False
    )
    assert (run.returncode, len(calls(tmp_path))) == (status, count)
    assert run.stderr == (f"{said}\n" if status else "")


@pytest.mark.parametrize(
    ("listed", "done"),
    [("root\\nada\\n", True), ("root\\n", False), ("adam\\n", False)],
)
def test_nothing_is_run_where_all_names_are_listed(listed: str, done: bool, tmp_path: Path) -> None:
    here = command(plan("lyra-hd", users=(ADA,)), USERS)
    env = sacctmgr(tmp_path, f"printf '{listed}'")
    assert (subprocess.run(here.unless, env=env, check=False).returncode == 0) is done


def test_a_list_that_can_not_be_had_is_not_taken_for_done(tmp_path: Path) -> None:
    here = command(plan("lyra-hd", users=(ADA,)), USERS)
    env = sacctmgr(tmp_path, "echo ada; exit 1")
    assert subprocess.run(here.unless, env=env, check=False).returncode != 0
