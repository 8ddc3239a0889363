"""The benchmark of a Slurm cluster: what is run, what is made of it, and who is named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from cluster_provision.orchestrators.slurm.all_reduce import Program
from cluster_provision.orchestrators.slurm.benchmark import FIRST, WHOLE, Benchmarked, benchmark
from tests.unit.orchestrators.slurm.machines import (
    DEVICE,
    FAST,
    SLOW,
    Machines,
    Node,
    broken,
    good,
    labelled,
    lyra,
    recorded,
    said,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.fleet.command import CommandResult


def measured(machines: Machines, extent: object = WHOLE) -> Benchmarked:
    assert extent in (WHOLE, FIRST)
    return benchmark(machines, WHOLE if extent is WHOLE else FIRST, lambda text: None)


def verdict(done: Benchmarked, name: str) -> str:
    return next((each.verdict for each in done.findings if each.name == name), "")


def detail(done: Benchmarked, name: str) -> str:
    return next(each.detail for each in done.findings if each.name == name)


def vega(run: CommandResult) -> Machines:
    """The two nodes of the recorded runs."""
    return Machines({"vega-hpc-1": Node(), "vega-hpc-2": Node()}, lambda nodes: run)


def test_a_good_run_over_all_nodes_is_ok() -> None:
    done = measured(Machines(lyra(2)))
    assert done.result is not None
    assert (done.result.verdict, done.result.nodes, done.result.ranks, len(done.result.rows)) == ("ok", 2, 16, 13)
    assert (done.result.size, done.result.network, done.result.measured) == ("node with 8 H100", "infiniband", FAST)
    assert done.result.limits is not None
    assert done.result.limits.message == 4 << 30
    assert {each.verdict for each in done.findings} == {"ok"}
    assert done.result.search is None


def test_each_gpu_of_the_nodes_has_a_task_and_they_meet_by_pmix() -> None:
    machines = Machines(lyra(3))
    measured(machines)
    (words,) = machines.runs
    for option in ("--nodes=3", "--nodelist=lyra[01-03]", "--ntasks-per-node=8", "--gres=gpu:8", "--partition=batch"):
        assert option in words
    assert words[words.index("-b") : words.index("-b") + 4] == ("-b", "1048576", "-e", "4294967296")
    assert "/opt/nccl-tests/build/all_reduce_perf" in words
    assert "NCCL_DEBUG_SUBSYS=INIT,NET" in words


def test_the_first_create_measures_up_to_512_mib() -> None:
    machines = Machines(lyra(2), lambda nodes: good(nodes, largest=29))
    done = measured(machines, FIRST)
    assert machines.runs[0][machines.runs[0].index("-e") + 1] == str(512 << 20)
    assert done.result is not None
    assert len(done.result.rows) == 10


def test_an_image_is_run_in_a_container_with_the_program_that_knows_mpi_first() -> None:
    machines = Machines(lyra(2, program=False), program=Program(image="nvcr.io#nvidia/pytorch:24.07-py3"))
    measured(machines)
    (words,) = machines.runs
    assert "--container-image=nvcr.io#nvidia/pytorch:24.07-py3" in words
    assert "MELLANOX_VISIBLE_DEVICES=all" in words
    script = words[words.index("-c") + 1]
    assert script.index("all_reduce_perf_mpi") < script.index(" all_reduce_perf ")


def test_without_a_program_nothing_is_run_and_the_verdict_is_unknown() -> None:
    machines = Machines(lyra(2), program=None)
    done = measured(machines)
    assert machines.asked == []
    assert [each.verdict for each in done.findings] == ["unknown"]
    assert "NCCL_TESTS" in done.findings[0].detail


def test_busy_and_drained_nodes_are_left_out_and_named() -> None:
    machines = Machines({**lyra(4), "lyra05": Node("MIXED"), "lyra06": Node("IDLE+DRAIN", reason="fan is loud")})
    done = measured(machines)
    assert "--nodelist=lyra[01-04]" in machines.runs[0]
    assert done.result is not None
    assert done.result.left_out == {"lyra05": "busy with other jobs", "lyra06": "idle+drain (fan is loud)"}
    assert verdict(done, "nodes") == "unknown"
    assert "lyra05: busy" in detail(done, "nodes")


def test_where_all_nodes_are_busy_nothing_is_run() -> None:
    machines = Machines(lyra(2, state="ALLOCATED"))
    done = measured(machines)
    assert (done.result, machines.runs) == (None, [])
    assert detail(done, "nodes") == "no node is free: lyra[01-02]: busy with other jobs"


@pytest.mark.parametrize(
    ("other", "why"),
    [(Node(partitions="debug"), "not in partition batch"), (Node(gres=4, gpus=4), "4 GPUs, unlike the others")],
)
def test_the_nodes_of_one_partition_with_equal_gpus_are_measured(other: Node, why: str) -> None:
    done = measured(Machines({**lyra(3), "other": other}))
    assert done.result is not None
    assert done.result.left_out == {"other": why}


def test_a_node_that_shows_fewer_gpus_than_slurm_counts_fails_and_nothing_is_run() -> None:
    machines = Machines({**lyra(2), "lyra03": Node(gpus=7)})
    done = measured(machines)
    assert (verdict(done, "GPUs"), detail(done, "GPUs")) == ("failed", "lyra03 shows 7 of 8 GPUs")
    assert machines.runs == []


def test_a_node_without_the_program_is_named_and_is_no_sick_node() -> None:
    machines = Machines({**lyra(2), "lyra03": Node(program=False)})
    done = measured(machines)
    assert done.cannot_run == "/opt/nccl-tests/build/all_reduce_perf is not there, or can't be run, on lyra03"
    assert "failed" not in {each.verdict for each in done.findings}


def test_a_slow_node_is_named_within_the_runs_that_are_allowed() -> None:
    machines = Machines(lyra(8), lambda nodes: good(nodes, SLOW if "lyra06" in nodes else FAST))
    done = measured(machines)
    assert done.result is not None
    search = done.result.search
    assert search is not None
    assert search.bad == ("lyra06",)
    assert len(search.runs) <= math.log2(8) + 1
    assert {run.verdict for run in search.runs} == {"ok", "failed"}
    assert all(("lyra06" in run.nodes) == (run.verdict == "failed") for run in search.runs)
    assert all("srun" in run.command and str(len(run.nodes)) in run.command for run in search.runs)
    assert "lyra06" in detail(done, "all-reduce search")
    assert verdict(done, "all-reduce bandwidth") == "failed"


def test_a_node_on_which_a_task_breaks_off_is_tried_last_and_named() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        return broken(nodes, "lyra01") if "lyra01" in nodes else good(nodes)

    done = measured(Machines(lyra(8), run))
    assert done.result is not None
    search = done.result.search
    assert search is not None
    assert search.bad == ("lyra01",)
    assert search.untested == ()
    assert "lyra01" not in search.runs[0].nodes
    assert verdict(done, "all-reduce") == "failed"
    assert "task 3 on lyra01: exited with exit code 3" in detail(done, "all-reduce")


def test_a_run_that_hangs_is_broken_too() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        text = good(nodes).stdout.decode().split("# Out of bounds")[0]
        stopped = "srun: sending Ctrl-C to StepId=11.0\nsrun: error: lyra01: task 2: Interrupt\n"
        return said(text, stopped, 124) if "lyra02" in nodes else good(nodes)

    done = measured(Machines(lyra(4), run))
    assert "hung and was stopped" in detail(done, "all-reduce")
    assert done.result is not None
    assert done.result.search is not None
    assert done.result.search.bad == ("lyra02",)


def test_wrong_values_are_searched_for_too() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        told = good(nodes)
        if "lyra03" not in nodes:
            return told
        return said(told.stdout.decode().replace("values : 0 OK", "values : 7 FAILED"), "", 1)

    done = measured(Machines(lyra(4), run))
    assert verdict(done, "all-reduce results") == "failed"
    assert done.result is not None
    assert done.result.search is not None
    assert done.result.search.bad == ("lyra03",)


def test_the_search_ends_where_other_jobs_take_the_nodes() -> None:
    taken = said("", "srun: error: Unable to allocate resources: Requested nodes are busy\n", 1)
    machines = Machines(lyra(8), lambda nodes: good(nodes, SLOW) if len(nodes) == 8 else taken)
    done = measured(machines)
    assert done.result is not None
    assert done.result.search is not None
    assert [run.verdict for run in done.result.search.runs] == ["unknown"]
    assert len(done.result.search.suspects) == 8
    assert "the search ended early" in detail(done, "all-reduce search")


def test_nodes_that_were_taken_before_the_run_are_unknown() -> None:
    taken = said("", "srun: error: Unable to allocate resources: Requested nodes are busy\n", 1)
    done = measured(Machines(lyra(2), lambda nodes: taken))
    assert (verdict(done, "all-reduce"), done.result, done.cannot_run) == ("unknown", None, "")
    assert "Requested nodes are busy" in detail(done, "all-reduce")


def test_a_node_that_fell_back_to_ethernet_is_named_without_a_search() -> None:
    machines = Machines(lyra(4), lambda nodes: good(nodes, SLOW, network="ethernet"))
    done = measured(machines)
    assert verdict(done, "all-reduce network") == "failed"
    assert len(machines.runs) == 1


def test_one_bad_node_alone_needs_no_search() -> None:
    machines = Machines(lyra(1), lambda nodes: good(nodes, SLOW))
    assert verdict(measured(machines), "all-reduce bandwidth") == "failed"
    assert len(machines.runs) == 1


def test_gpus_of_which_no_figure_is_known_are_measured_and_not_judged() -> None:
    done = measured(Machines(lyra(2, device="NVIDIA B300 SXM6", fabric=6400), lambda nodes: good(nodes, SLOW)))
    assert verdict(done, "all-reduce bandwidth") == "unknown"
    assert done.result is not None
    assert (done.result.verdict, done.result.search) == ("unknown", None)


def test_nodes_without_gpus_run_the_stand_in_which_is_unknown() -> None:
    stand_in = "# rehearsal: no GPU was involved. MPI does these all-reduces in NCCL's place.\n"
    stand_in += f"# rehearsal: sizes above {4 << 20} bytes are left out.\n"

    def run(nodes: Sequence[str]) -> CommandResult:
        text = good(nodes, 0.4, largest=22).stdout.decode().replace(f"maxBytes {4 << 20}", f"maxBytes {4 << 30}")
        return said(labelled(stand_in) + text.replace(DEVICE, "no GPU: MPI in NCCL's place"))

    machines = Machines(lyra(3, gres=0, gpus=0, device="", fabric=0), run)
    done = measured(machines)
    assert "--ntasks-per-node=1" in machines.runs[0]
    assert not [word for word in machines.runs[0] if word.startswith("--gres")]
    assert done.result is not None
    assert (done.result.stand_in, done.result.verdict, len(done.result.rows)) == (True, "unknown", 3)
    assert detail(done, "all-reduce bandwidth").startswith("(stand-in)")


@pytest.mark.parametrize("name", ["srun_a-plain", "srun_b-label", "srun_c-node-task", "srun_d-mpirun-tag"])
def test_whatever_srun_puts_before_each_line_the_run_is_judged_by_the_limits(name: str) -> None:
    done = measured(vega(recorded(name)))
    assert done.result is not None
    assert (len(done.result.rows), done.result.average) == (13, 293.097)
    assert verdict(done, "all-reduce bandwidth") == "ok"


def test_what_enroot_and_nccl_print_between_changes_nothing() -> None:
    done = measured(vega(recorded("srun_e-enroot-and-debug")))
    assert done.result is not None
    assert (len(done.result.rows), verdict(done, "all-reduce results")) == (13, "ok")


def test_an_image_that_can_not_be_imported_is_no_sick_node_and_the_registrys_refusal_is_named() -> None:
    done = measured(vega(recorded("srun_g-import-failed")))
    assert "401 Unauthorized" in done.cannot_run
    assert verdict(done, "all-reduce") == "unknown"
    assert done.result is None


def test_a_recorded_run_that_broke_off_names_task_node_and_the_completion_error() -> None:
    done = measured(vega(recorded("srun_i-cut")))
    told = detail(done, "all-reduce")
    assert verdict(done, "all-reduce") == "failed"
    assert "after 128 MiB" in told
    assert "task 11 on vega-hpc-2: exited with exit code 3" in told
    assert "Got completion from peer 10.64.0.11<41234> with status=12" in told


def test_recorded_wrong_values_fail_whatever_the_bandwidth() -> None:
    done = measured(vega(recorded("srun_h-wrong-values")))
    assert (verdict(done, "all-reduce results"), verdict(done, "all-reduce bandwidth")) == ("failed", "ok")


def test_tasks_that_measured_each_alone_are_unknown_and_need_no_search() -> None:
    machines = vega(recorded("srun_j-no-mpi-two-tables"))
    done = measured(machines)
    assert done.result is not None
    assert (done.result.verdict, len(machines.runs)) == ("unknown", 1)
    assert "no PMIx" in detail(done, "all-reduce ranks")


def test_a_broken_libpmix_is_said_as_what_kept_the_program_from_beginning() -> None:
    err = (
        "srun: error: Couldn't find the specified plugin name for mpi/pmix looking at all files\n"
        "srun: error: cannot find mpi plugin for mpi/pmix\nsrun: error: MPI: Cannot create context for mpi/pmix\n"
    )
    done = measured(Machines(lyra(2), lambda nodes: said("", err, 1)))
    assert "mpi/pmix" in done.cannot_run


def test_where_all_nodes_are_slow_together_that_is_said() -> None:
    done = measured(Machines(lyra(4), lambda nodes: good(nodes, SLOW)))
    assert "no run passed, so it may be all of them" in detail(done, "all-reduce search")
    assert done.result is not None
    assert done.result.search is not None
    assert len(done.result.search.runs) <= 3


def test_divided_gpus_are_not_measured_and_no_sick_node() -> None:
    machines = Machines({**lyra(2), "lyra03": Node(gres=56, gpus=8, mig=56)})
    done = measured(machines)
    assert (verdict(done, "GPUs"), machines.runs) == ("unknown", [])
    assert "lyra03: the GPUs are divided (MIG)" in detail(done, "GPUs")


def test_a_job_that_was_preempted_tells_nothing_of_the_nodes() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        out = broken(nodes, nodes[0]).stdout.decode()
        end = "slurmstepd: error: *** STEP 812.0 ON lyra01 CANCELLED AT 2026-11-30T10:01:02 DUE TO PREEMPTION ***\n"
        return said(out, end, 143)

    done = measured(Machines(lyra(2), run))
    assert (verdict(done, "all-reduce"), detail(done, "all-reduce")) == (
        "unknown",
        "Slurm took its nodes away: preemption",
    )
    assert done.result is not None
    assert (len(done.result.rows), done.result.verdict) == (8, "unknown")


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("lyra02: Test CUDA failure common.cu:1000 'no CUDA-capable device is detected'", "no CUDA-capable device"),
        ("", "task 9 on lyra02: segmentation fault"),
    ],
)
def test_a_node_on_which_tasks_fail_before_anything_is_printed_is_found(line: str, cause: str) -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        if "lyra02" not in nodes:
            return good(nodes)
        return said(f" 9: {line}\n" if line else "", "srun: error: lyra02: task 9: Segmentation fault\n", 139)

    done = measured(Machines(lyra(4), run))
    assert verdict(done, "all-reduce") == "failed"
    assert "before its first row" in detail(done, "all-reduce")
    assert cause in detail(done, "all-reduce")
    assert "bad: lyra02" in detail(done, "all-reduce search")
    assert done.result is not None
    assert (done.result.rows, done.result.verdict) == ((), "failed")


@pytest.mark.parametrize(
    "line",
    [
        "slurmstepd: error: execve(): /opt/nccl-tests/build/all_reduce_perf: Exec format error",
        "/opt/nccl-tests/build/all_reduce_perf: error while loading shared libraries: libmpi.so.40: cannot open shared",
        "slurmstepd: error: pyxis:     [ERROR] URL https://nvcr.io/v2/x returned error code: 404 Not Found",
        "slurmstepd: error: pyxis:     [ERROR] No space left on device: /run/enroot",
        "there is no all_reduce_perf in the image",
    ],
)
def test_a_program_that_can_not_be_begun_is_no_sick_node_and_the_cause_is_named(line: str) -> None:
    err = f"{line}\nsrun: error: lyra02: tasks 8-15: Exited with exit code 2\n"
    machines = Machines(lyra(2), lambda nodes: said("", err, 2))
    done = measured(machines)
    assert line in done.cannot_run
    assert "tasks 8-15 on lyra02" in done.cannot_run
    assert len(machines.runs) == 1
