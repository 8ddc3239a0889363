"""A Slurm cluster on machines that exist: made, used, changed, given back. The tests are one story, in this order."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.existing.machine import Machine
    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

RUN = "vega-killed"
SHARED = "/mnt/shared"
EXAMPLES = f"{SHARED}/slurm-examples"
SERVICES = ("slurmctld", "slurmd", "slurmdbd", "mariadb", "munge", "chrony")
SINCE = f"systemctl show --property Id,ActiveEnterTimestampMonotonic {' '.join(SERVICES)}"
LISTED = "sacct --allusers --allocations --noheader --parsable2 --format"
NOT_ENDED = ("", "PENDING", "REQUEUED", "RUNNING")
PROLOG = "/etc/slurm/prolog.d/30-scratch"
BUNDLE = {
    "ociVersion": "1.0.2",
    "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "args": ["sh"], "env": ["PATH=/usr/bin"], "cwd": "/"},
    "root": {"path": "rootfs"},
    # The machine is a container itself, which hides parts of its /proc: nobody but root may mount another one there.
    "mounts": [{"destination": "/proc", "type": "bind", "source": "/proc", "options": ["rbind"]}],
    "linux": {
        "uidMappings": [{"containerID": 0, "hostID": 20001, "size": 1}],
        "gidMappings": [{"containerID": 0, "hostID": 20001, "size": 1}],
        "namespaces": [{"type": each} for each in ("pid", "ipc", "uts", "mount", "user")],
    },
}
# A root file system with nothing but `cat`, and a word by which it is known.
ROOTFS = (
    "mkdir -p rootfs/etc rootfs/proc && echo NAME=bundle >rootfs/etc/os-release && "
    "cp --parents $(ldd /usr/bin/cat | grep -o '/[^ ]*') /usr/bin/cat rootfs"
)


@pytest.fixture(scope="module")
def created(slurm: Tool, settings: dict[str, str], untouched: dict[str, frozenset[str]]) -> Finished:
    """The cluster, whose first Create was killed while it set the nodes up."""
    assert untouched
    command = slurm.command("Create", settings, name=RUN)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        told = []
        while not told or "✓ controller:" not in told[-1]:
            told.append(first.stderr.readline())
            assert told[-1], "".join(told)
        subprocess.run([slurm.client, "kill", RUN], capture_output=True, check=True)
        assert first.wait() == 137
    unlocked = slurm.run("Unlock", settings, "--force")  # without it, a minute and a half of silence is waited for
    assert unlocked.code == 0, unlocked.told
    return slurm.run("Create", settings)


def detail_of(finished: Finished, check: str) -> str:
    return next(each["detail"] for each in finished.result["checks"] if each["name"] == check)


def submitted(head: Machine, what: str) -> str:
    """The number of a job of alice's."""
    return head.says(f"sbatch --parsable {what}", "alice")


def completed(head: Machine, job: str) -> None:
    ended = head.until(f"{LISTED}=state --jobs={job}", lambda text: text not in NOT_ENDED)
    assert ended == "COMPLETED"


def printed(head: Machine, job: str, name: str) -> str:
    completed(head, job)
    return head.says(f"cat {SHARED}/alice/{name}-{job}.out", "alice")


@pytest.fixture(scope="module")
def alice(head: Machine, created: Finished) -> str:
    """A folder of a user's own on the share, as every machine has it."""
    assert created.code == 0, created.told
    head.says(f"install -d -o alice -g alice {SHARED}/alice")
    return f"{SHARED}/alice"


def test_create_goes_on_where_a_killed_one_was_and_proves_the_cluster(created: Finished) -> None:
    assert created.code == 0, created.told
    assert [(node["name"], node["status"]) for node in created.result["nodes"]] == [
        ("head", "ready"),
        ("node1", "ready"),
        ("node2", "ready"),
    ]
    assert detail_of(created, "proof") == "a job ran on 2 of 2 nodes, which met by PMIx"
    assert detail_of(created, "container job") == "a job ran in a container on 2 of 2 nodes, by --container"


def test_the_first_benchmark_runs_over_both_and_says_that_it_is_a_stand_in(created: Finished) -> None:
    told = created.result["benchmark"]
    assert (told["nodes"], told["ranks"], told["verdict"], told["stand_in"]) == (2, 4, "unknown", True)
    assert [row["wrong"] for row in told["rows"]] == [0] * len(told["rows"]) != []


def test_a_second_create_changes_and_restarts_nothing(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], created: Finished
) -> None:
    assert created.code == 0, created.told
    before = [machines[name].says(SINCE) for name in ("head", "node1", "node2")]
    again = slurm.run("Create", settings)
    assert again.code == 0, again.told
    assert again.result["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert detail_of(again, "proof") == "no job was run: this run changed nothing"
    assert [machines[name].says(SINCE) for name in ("head", "node1", "node2")] == before


def test_a_job_sees_the_gpus_that_it_asks_for(head: Machine, alice: str) -> None:
    assert head.says("srun --gres=gpu:2 printenv CUDA_VISIBLE_DEVICES", "alice").splitlines()[-1] == "0,1"


def test_a_shell_on_a_node_is_the_users_own(head: Machine, alice: str) -> None:
    told = head.says("srun --quiet --nodelist=node2 --pty bash -c 'id -un; hostname; tty'", "alice", at_terminal=True)
    assert told.split()[:2] == ["alice", "node2"]
    assert told.split()[2].startswith("/dev/pts/")


def test_what_one_node_writes_to_the_share_another_reads(head: Machine, alice: str) -> None:
    head.says(f"srun --nodelist=node1 bash -c 'hostname >{alice}/from-node1'", "alice")
    assert head.says(f"srun --quiet --nodelist=node2 cat {alice}/from-node1", "alice") == "node1"


def test_the_example_for_one_node_completes(head: Machine, alice: str) -> None:
    job = submitted(head, f"--chdir={alice} {EXAMPLES}/single-node.sh")
    told = printed(head, job, "single-node")
    assert "GPUs 0,1" in told
    assert told.count("\nGPU ") == 2


def test_the_tasks_of_the_example_for_several_nodes_meet_and_see_their_gpus(head: Machine, alice: str) -> None:
    job = submitted(head, f"--chdir={alice} -N 2 {EXAMPLES}/multi-node.sh")
    assert sorted(printed(head, job, "multi-node").splitlines()) == [
        "task 0 of 2 on node1 of node1, GPUs 0,1",
        "task 1 of 2 on node2 of node1, GPUs 0,1",
    ]


def test_the_example_for_containers_runs_in_the_bundles_own_files(head: Machine, alice: str) -> None:
    head.says(f"mkdir {alice}/bundle && cd {alice}/bundle && {ROOTFS}", "alice")
    head.write(f"{alice}/bundle/config.json", json.dumps(BUNDLE), "alice")
    job = submitted(head, f"--chdir={alice} {EXAMPLES}/container.sh {alice}/bundle")
    assert printed(head, job, "container") == "NAME=bundle"


def test_mpi_runs_over_two_nodes_by_pmix(head: Machine, alice: str) -> None:
    command = "/opt/nccl-tests/build/all_reduce_perf -b 1M -e 1M -g 1 -n 2 -w 1"
    told = head.says(f"cd {alice} && srun --nodes=2 --mpi=pmix {command}", "alice")
    assert "on      node1" in told
    assert "on      node2" in told
    assert "# Out of bounds values : 0 OK" in told


def test_the_examples_of_nccl_measure_one_node_and_several(head: Machine, alice: str) -> None:
    head.says(f"cp {EXAMPLES}/nccl-*.sh {alice}/", "alice")
    short = "-e 1M -n 2 -w 1"
    job = submitted(head, f"--chdir={alice} {alice}/nccl-one-node.sh {short}")
    assert "# Out of bounds values : 0 OK" in printed(head, job, "nccl-one-node")
    job = submitted(head, f"--chdir={alice} -N 2 {alice}/nccl-multi-node.sh {short}")
    told = printed(head, job, "nccl-multi-node")
    assert ("on      node1" in told, "on      node2" in told) == (True, True)
    assert "# Out of bounds values : 0 OK" in told


def test_a_user_gets_from_node_to_node_without_a_key_and_no_further(machines: dict[str, Machine], alice: str) -> None:
    """bob has no job: after alice's last one on a node, its epilog ends what she has there."""
    asked = "ssh -o BatchMode=yes"
    assert machines["node1"].says(f"{asked} node2 'id -un; hostname'", "bob").split() == ["bob", "node2"]
    assert machines["head"].says(f"{asked} node1 hostname", "bob") == "node1"
    further = f"{asked} alice@node2 true || {asked} head true || echo refused"
    assert machines["node1"].says(further, "bob").endswith("refused")


def test_a_prolog_that_fails_drains_its_node_with_the_last_line(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], head: Machine, alice: str
) -> None:
    machines["node1"].write(PROLOG, "#!/bin/sh\necho looking\necho /scratch is full\nexit 3\n")
    machines["node1"].says(f"chmod 755 {PROLOG}")
    job = submitted(head, f"--chdir={alice} --nodelist=node1 --wrap=hostname")
    reason = "cluster-provision: prolog 30-scratch: /scratch is full"
    head.until("sinfo --noheader --nodes=node1 --format=%E", lambda text: text == reason)
    told = slurm.run("Health", settings)
    assert told.code == 22, told.told
    assert reason in told.told
    machines["node1"].says(f"rm {PROLOG}")
    undrained = slurm.run("Undrain", settings, "node1")
    assert undrained.code == 0, undrained.told
    # Slurm lets it wait for two minutes, and doesn't hold it.
    head.until(f"squeue --noheader --jobs={job} --format='%T %r'", lambda text: text == "PENDING BeginTime")
    head.says(f"scontrol update jobid={job} starttime=now")
    completed(head, job)


def test_jobs_run_while_the_accounting_is_down_and_are_recorded_afterwards(head: Machine, alice: str) -> None:
    head.says("systemctl stop slurmdbd")
    assert head.says(f"cd {alice} && srun --quiet --job-name=unseen --nodelist=node1 hostname", "alice") == "node1"
    head.says("systemctl start slurmdbd")
    head.until(f"{LISTED}=state --name=unseen || true", lambda text: text == "COMPLETED")


def test_a_node_joins_and_leaves_while_jobs_run(
    slurm: Tool,
    settings: dict[str, str],
    machines: dict[str, Machine],
    untouched: dict[str, frozenset[str]],
    head: Machine,
    alice: str,
) -> None:
    waits = "--wrap='until [ -e go ]; do sleep 0.2; done'"
    stays = submitted(head, f"--chdir={alice} --nodelist=node1 {waits}")
    joined = slurm.run("Create", {**settings, "NODES": "node[1-3]"})
    assert joined.code == 0, joined.told
    assert detail_of(joined, "proof").startswith("a job ran on ")
    goes = submitted(head, f"--chdir={alice} --nodelist=node3 {waits}")
    head.until(f"squeue --noheader --jobs={stays},{goes} --format=%T", lambda text: text == "RUNNING\nRUNNING")
    with ThreadPoolExecutor() as pool:
        leaving = pool.submit(slurm.run, "Create", settings)
        head.until(
            "sinfo --noheader --nodes=node3 --format='%T %E'",
            lambda text: text == "draining cluster-provision: leaves the cluster",
        )
        head.says(f"touch {alice}/go", "alice")
        left = leaving.result()
    assert left.code == 0, left.told
    completed(head, stays)
    completed(head, goes)
    assert head.says("sinfo --noheader --Node --format=%N").split() == ["node1", "node2"]
    kept = {line for line in machines["node3"].state() ^ untouched["node3"] if line.startswith("/home/")}
    assert {line.split("/")[2].split()[0] for line in kept} == {"alice", "bob"}  # users' data, which stay
    assert machines["node3"].state() ^ untouched["node3"] == kept


def test_destroy_gives_the_machines_back_as_they_were(
    slurm: Tool,
    settings: dict[str, str],
    machines: dict[str, Machine],
    untouched: dict[str, frozenset[str]],
    alice: str,
) -> None:
    assert alice
    destroyed = slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"})
    assert destroyed.code == 0, destroyed.told
    differs = {name: sorted(machines[name].state() ^ untouched[name]) for name in ("head", "node1", "node2")}
    assert differs == {"head": [], "node1": [], "node2": []}
