"""srun's words on tasks that failed."""

from __future__ import annotations

from cluster_provision.slurm.outputs.task_ends import TaskEnd, first_to_fail

KILLED = "srun: error: vega-hpc-1: tasks 0-7: Killed"
EXITED = "srun: error: vega-hpc-2: task 11: Exited with exit code 3"


def test_the_first_to_fail_is_not_one_that_was_killed_for_it() -> None:
    assert first_to_fail([KILLED, "srun: Terminating StepId=812.0", EXITED]) == TaskEnd(
        "vega-hpc-2", "11", "Exited with exit code 3"
    )


def test_where_all_were_killed_the_first_of_them_is_named() -> None:
    end = first_to_fail([KILLED])
    assert end is not None
    assert end.text() == "tasks 0-7 on vega-hpc-1: killed"


def test_a_crash_and_a_lack_of_memory_are_failures_of_their_own() -> None:
    for how in ("Segmentation fault (core dumped)", "Out Of Memory", "Bus error"):
        end = first_to_fail([KILLED, f" 3: srun: error: lyra03: task 19: {how}"])
        assert end is not None
        assert (end.hosts, end.how) == ("lyra03", how)


def test_several_nodes_in_one_line_are_told_apart() -> None:
    end = first_to_fail(["srun: error: lyra[01-03]: tasks 0,8,16: Exited with exit code 1"])
    assert end is not None
    assert end.nodes == ("lyra01", "lyra02", "lyra03")


def test_other_errors_of_srun_name_no_task() -> None:
    assert first_to_fail(["srun: error: Unable to allocate resources: Requested nodes are busy"]) is None


def test_a_node_that_went_away_is_named() -> None:
    end = first_to_fail([KILLED, "srun: error: Node failure on lyra03"])
    assert end is not None
    assert (end.nodes, end.text()) == (("lyra03",), "node failure on lyra03")
