"""Slurm on played machines says what its configuration and the daemons on the machines make true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.existing.played.programs.hostlist import expand, fold

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.existing.played_kit import Played

MEET = """
import ctypes, os, struct
pmix, own = ctypes.CDLL("libpmix.so.2"), ctypes.create_string_buffer(512)
assert pmix.PMIx_Init(own, None, 0) == pmix.PMIx_Fence(None, 0, None, 0) == 0
print(os.environ["SLURMD_NODENAME"], struct.unpack_from("I", own.raw, 256)[0])
"""


def states(played: Played) -> dict[str, str]:
    shown = played.out("head", "scontrol --oneliner show nodes")
    return dict(re.findall(r"NodeName=(\S+).* State=(\S+)", shown))


def test_nodes_are_idle_where_slurmd_runs(played: Played) -> None:
    played.with_slurm()
    assert states(played) == {"node1": "IDLE", "node2": "IDLE"}
    assert played.out("head", "sinfo").splitlines()[1].split() == ["batch", "up", "infinite", "2", "idle", "node[1-2]"]
    played.out("node2", "systemctl stop slurmd")
    assert states(played)["node2"] == "DOWN*"


@pytest.mark.parametrize("off", [True, False])
def test_a_node_that_is_off_or_has_another_key_is_down(played: Played, off: bool) -> None:
    played.with_slurm()
    if off:
        played.tell("node1", starts=False)
    else:
        played.of("node1").write("/etc/munge/munge.key", "another key")
    assert states(played)["node1"] == "DOWN*"


def test_without_a_controller_nobody_answers(played: Played) -> None:
    played.with_slurm()
    played.out("head", "systemctl stop slurmctld")
    for line in ("scontrol show nodes", "sinfo", "squeue", "srun true", "sbatch x"):
        done = played.call("node1", line)
        assert (done.status, "Unable to contact slurm controller" in done.err.getvalue()) == (1, True)


def test_a_node_is_drained_and_comes_back(played: Played) -> None:
    played.with_slurm()
    played.out("head", "scontrol update nodename=node[1-2] state=drain 'reason=new fans'")
    assert states(played) == {"node1": "IDLE+DRAIN", "node2": "IDLE+DRAIN"}
    assert "Reason=new fans [root@" in played.out("head", "scontrol show node node1")
    played.out("node1", "scontrol update nodename=node1 state=resume")
    assert states(played) == {"node1": "IDLE", "node2": "IDLE+DRAIN"}
    assert "Invalid node name" in played.call("head", "scontrol update nodename=x state=drain").err.getvalue()


def test_a_job_that_runs_shows_where(played: Played) -> None:
    played.with_slurm()
    played.tell("node2", jobs=[17])
    assert states(played)["node2"] == "MIXED"
    assert played.out("head", "squeue --noheader --format=%i --nodelist node[1-2]") == "17"
    assert played.out("head", "squeue --noheader --format=%i --nodelist node1") == ""


def test_the_tasks_of_a_job_meet(played: Played) -> None:
    played.with_slurm()
    code = MEET.replace("'", '"').strip()
    job = f"timeout --signal=INT 10m srun --nodes=2 --nodelist=node[1-2] --ntasks-per-node=1 python3 -I -c '{code}'"
    assert played.out("head", job) == "node1 0\nnode2 1"
    assert played.out("head", "srun -N 2 hostname") == "node1\nnode2"


def test_a_job_runs_no_program_in_python_but_one_that_meets_the_others(played: Played) -> None:
    played.with_slurm()
    done = played.call("head", "srun python3 -I -c 'print(1)'")
    assert (done.status, done.out.getvalue()) == (127, "")


def test_a_prolog_that_fails_drains_its_node(played: Played) -> None:
    played.with_slurm()
    played.tell("node2", prolog="/scratch is full")
    done = played.call("head", "srun -N 2 hostname")
    assert (done.status, "node2: /scratch is full" in done.err.getvalue()) == (1, True)
    assert states(played) == {"node1": "IDLE", "node2": "IDLE+DRAIN"}


def test_accounting_knows_clusters_while_the_database_daemon_runs(played: Played) -> None:
    played.with_slurm()
    assert played.call("head", "sacctmgr show cluster").status == 1
    played.out("head", "apt-get install slurmdbd")
    played.of("head").write("/etc/slurm/slurmdbd.conf", "DbdHost=head\n")
    played.out("head", "systemctl start slurmdbd")
    played.out("head", "sacctmgr -i add cluster other")
    assert played.out("node1", "sacctmgr --noheader --parsable2 show cluster format=cluster").splitlines() == [
        "other",
        "vega",
    ]


def test_slurmd_describes_the_machine(played: Played) -> None:
    played.add("a", release="13", gpus=8)
    played.out("a", "apt-get install slurmd")
    assert played.out("a", "slurmd -C").splitlines()[0] == (
        "NodeName=a CPUs=32 Boards=1 SocketsPerBoard=2 CoresPerSocket=8 ThreadsPerCore=2 RealMemory=1031000 Gres=gpu:8"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ["a"]),
        ("a[1-3,7],b", ["b", "a1", "a2", "a3", "a7"]),
        ("dgx[08-10]", ["dgx08", "dgx09", "dgx10"]),
        ("dgx09", ["dgx09"]),
    ],
)
def test_lists_of_hosts_are_folded_and_expanded(text: str, names: list[str]) -> None:
    assert sorted(expand(text)) == sorted(names)
    assert sorted(expand(fold(names))) == sorted(names)
