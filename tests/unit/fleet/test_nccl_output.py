"""Outputs of all_reduce_perf as people posted them: older forms, marked lines, broken rows, ranks that run alone."""

from __future__ import annotations

import pytest

from cluster_provision.fleet.nccl.tags import untagged
from cluster_provision.fleet.nccl.verdict import Judgement, judge
from tests.unit.fleet.nccl_kit import GIB, printed, row
from tests.unit.fleet.nccl_runs import FOLDER, H100, fed, finding, recorded

MIB = 1 << 20


def whole(rows: str | None = None) -> str:
    """A good run of all sizes from 1 MiB to 16 GiB on two machines."""
    return printed(rows or "".join(row(MIB << i, 30.0 * (i + 1)) for i in range(15)), device="NVIDIA H100 80GB HBM3")


def test_rows_with_an_error_and_no_root_are_read_and_proven_by_the_footer() -> None:
    output = recorded("old_12_columns")
    judged = judge(output, H100, 2)
    assert (len(output.rows), judged.measured, judged.verdict) == (15, 448.0, "ok")
    assert {row.wrong for row in output.rows} == {0}


def test_rows_with_an_error_are_unknown_without_the_footer() -> None:
    text = "\n".join(
        line
        for line in (FOLDER / "old_12_columns.txt").read_text().splitlines()
        if "Out of bounds" not in line and not line.startswith("##")
    )
    assert finding(judge(fed(text), H100, 2), "results").verdict == "unknown"


@pytest.mark.parametrize("name", ["srun_a-plain", "srun_b-label", "srun_c-node-task", "srun_d-mpirun-tag"])
def test_marked_lines_say_the_same_as_plain_ones(name: str) -> None:
    output = recorded(name)
    assert (len(output.rows), output.average, output.out_of_bounds) == (13, 293.097, 0)
    assert output.rows == recorded("srun_a-plain").rows
    assert {host: len(devices) for host, devices in output.devices.items()} == {"vega-hpc-1": 8, "vega-hpc-2": 8}
    assert finding(judge(output, H100, 2), "results").verdict == "ok"


def test_what_a_container_and_nccl_say_between_the_rows_is_skipped() -> None:
    output = recorded("srun_e-enroot-and-debug")
    assert output.rows == recorded("srun_a-plain").rows
    assert sum(len(devices) for devices in output.devices.values()) == 16


def test_mpiruns_tags_are_read_through_to_the_verdict() -> None:
    judged = judge(recorded("tagged_output"), H100, 2)
    assert (judged.verdict, judged.measured) == ("ok", 448.0)


def test_a_form_of_2019_is_read() -> None:
    output = recorded("srun_f-2019-form")
    assert (len(output.rows), output.average, output.out_of_bounds) == (10, 27.3871, 0)
    assert output.rows[-1].time == 20140.0
    assert finding(judge(output, H100, 2), "results").verdict == "ok"


@pytest.mark.parametrize(
    "tag",
    [
        "[1,0]<stdout>:",
        "[prterun-vm-0-4711@1,0]<stdout>: ",
        "[1,0][vm-0:4711]<stdout>:",
        "Mon Nov 30 10:00:00 2026<stdout>:",
        "Mon Nov 30 10:00:00 2026[1,0]<stdout>:",
        " 0: ",
        "P0  0: ",
        "[0] ",
        "[vm-0:0] ",
        "vm-0: ",
        "launcher-1  | ",
        "2026-11-30T10:00:00.123456Z ",
        "2026-11-30T10:00:00.123456Z stdout F ",
        "[2026-11-30 10:00:00] ",
        "10:00:00 ",
        "Nov 30 10:00:00 ",
        "\x1b[32m",
    ],
)
def test_whatever_stands_before_each_line_the_rows_and_the_devices_are_read(tag: str) -> None:
    output = fed("".join(f"{tag}{line}\r\n" for line in whole().splitlines()))
    judged = judge(output, H100, 2)
    assert (len(output.rows), output.average, judged.verdict) == (15, 300.0, "ok"), judged.findings


def test_a_tag_names_the_process_and_a_time_does_not() -> None:
    assert untagged("10:00:00 [1,3]<stdout>:  x") == ("[1,3]<stdout>:", "  x")
    assert untagged("vm-0:1:2 [0] NCCL INFO x") == ("", "vm-0:1:2 [0] NCCL INFO x")
    assert untagged("srun: error: vm-1: task 11: Exited") == ("", "srun: error: vm-1: task 11: Exited")


def test_a_row_that_a_message_breaks_is_put_together() -> None:
    output = recorded("row_broken_by_info")
    assert len(output.rows) == 15
    assert [each.busbw for each in output.rows if each.bytes == 512 * MIB] == [210.0]
    assert finding(judge(output, H100, 2), "results").verdict == "ok"


MESSAGE = "vm-0:1000:1200 [0] NCCL INFO NVLS comm 0x5639e9f0e8c0 headRank 0 nHeads 8 buffSize 1048576"


@pytest.mark.parametrize("after", [45, 80])  # behind the head; behind the first measurement
@pytest.mark.parametrize("tag", ["", "[1,0]<stdout>:", " 0: "])
def test_a_row_may_break_behind_each_of_its_pieces(after: int, tag: str) -> None:
    text = whole(
        "".join(
            f"{f'{MIB << i}':>12}  {(MIB << i) // 4:>12}     float     sum      -1   2190.9  245.05  459.46 "
            f"      0   2195.3  244.56  458.54       0\n"
            for i in range(15)
        )
    )
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{512 * MIB} "))
    cut = lines[at].index("-1") + 2 if after == 45 else lines[at].index("      0   2195.3") + 7
    lines[at : at + 1] = [lines[at][:cut] + MESSAGE, "vm-1:1000:1200 [1] NCCL INFO Connected", lines[at][cut:]]
    output = fed("".join(f"{tag}{line}\n" for line in lines))
    assert [each.in_place_busbw for each in output.rows] == [458.54] * 15
    assert judge(output, H100, 2).verdict == "ok"


def test_a_row_behind_a_message_without_an_end_is_read() -> None:
    lines = whole().splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{512 * MIB} "))
    lines[at] = MESSAGE + lines[at]
    assert judge(fed("\n".join(lines)), H100, 2).verdict == "ok"


@pytest.mark.parametrize(
    "broken",
    [
        lambda line: line[:50],
        lambda line: line[4:],  # digits of its size are lost
        lambda line: line.replace("562.50", "nan"),
        lambda _: "",
    ],
)
def test_a_row_that_can_not_be_read_is_unknown_and_named(broken: object) -> None:
    assert callable(broken)
    rows = "".join(row(MIB << i, 30.0 * (i + 1)) for i in range(15))
    lines = whole(rows).splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{512 * MIB} "))
    changed = broken(lines[at].replace(" 300.00 ", " nan ") if "nan" in str(broken) else lines[at])
    lines[at : at + 1] = [changed] if changed != lines[at] else []
    found = finding(judge(fed("\n".join(lines)), H100, 2), "results")
    assert found.verdict == "unknown"


def test_rows_are_compared_with_those_that_were_asked_for() -> None:
    text = "\n".join(line for line in whole().splitlines() if not line.strip().startswith(f"{256 * MIB} "))
    found = finding(judge(fed(text), H100, 2), "results")
    assert (found.verdict, found.detail) == ("unknown", "rows that were asked for are missing: 256 MiB")


def test_cycles_are_compared_too() -> None:
    rows = "".join(row(MIB << i, 30.0 * (i + 1)) for i in range(15))
    output = fed(
        "+ timeout -k 15 1200 mpirun x -b 1048576 -e 17179869184 -f 2 -g 1 -c 1 -n 20 -w 5 -N 3\n" + whole(rows * 3)
    )
    assert judge(output, H100, 2).verdict == "ok"
    text = whole(rows * 3).replace(row(2 * MIB, 60.0), "", 1)
    assert finding(judge(fed(text), H100, 2), "results").detail == "some of the 3 rows of each size are missing: 2 MiB"


def test_a_program_that_makes_the_largest_message_smaller_says_so() -> None:
    text = whole().replace("#\n#    ", "#\n# Reducing maxBytes to 8589934592 due to memory limitation\n#    ", 1)
    lines = [line for line in text.splitlines() if not line.strip().startswith(f"{16 * GIB} ")]
    found = finding(judge(fed("\n".join(lines)), H100, 2), "results")
    assert found.verdict == "unknown"
    assert "16 GiB; it reduced the largest message to 8 GiB" in found.detail


def test_rows_without_what_stands_below_them_are_unknown() -> None:
    text = whole().partition("# Out of bounds")[0]
    assert finding(judge(fed(text), H100, 2), "results").verdict == "unknown"


def test_a_footer_without_rows_is_unknown() -> None:
    lines = [line for line in whole().splitlines() if line.startswith(("#", "vm-"))]
    assert judge(fed("\n".join(lines)), H100, 2).verdict == "unknown"


def test_wrong_values_fail_by_the_row_and_by_the_footer() -> None:
    assert finding(judge(recorded("srun_h-wrong-values"), H100, 2), "results") == Judgement(
        "results", "failed", "7 values are wrong"
    )
    text = whole().replace("values : 0 OK", "values : 4 FAILED")
    assert finding(judge(fed(text), H100, 2), "results").verdict == "failed"


@pytest.mark.parametrize(("name", "processes"), [("each_rank_alone", 16), ("srun_j-no-mpi-two-tables", 2)])
def test_processes_that_measure_alone_are_no_measurement_of_the_cluster(name: str, processes: int) -> None:
    output = recorded(name)
    judged = judge(output, H100, 2)
    assert judged.verdict == "unknown"
    assert (judged.measured, output.average, output.network) == (None, None, "unknown")
    assert f"{processes} processes measured each by itself" in finding(judged, "ranks").detail
    assert "MPI" in finding(judged, "ranks").detail


def test_a_list_of_devices_that_can_not_be_read_in_full_is_no_missing_gpu() -> None:
    text = "\n".join(line for line in whole().splitlines() if "Rank  5 " not in line)
    found = finding(judge(fed(text), H100, 2), "ranks")
    assert (found.verdict, found.detail) == (
        "unknown",
        "15 of 16 GPUs could be read in the list of those that took part",
    )


def test_ncclss_own_count_of_ranks_makes_up_for_the_list() -> None:
    text = "\n".join(line for line in whole().splitlines() if "Rank 15 " not in line)
    text += "\nvm-1:1:2 [7] NCCL INFO ncclCommInitRank comm 0x1 rank 15 nranks 16 cudaDev 7 - Init COMPLETE"
    assert judge(fed(text), H100, 2).verdict == "ok"


def test_a_cut_run_keeps_its_rows_who_went_first_and_the_warning() -> None:
    output = recorded("srun_i-cut")
    assert len(output.rows) == 8
    assert not output.ended
    assert output.said.reason == "srun: error: vega-hpc-2: task 11: Exited with exit code 3"
    assert output.said.warnings == [
        "vega-hpc-2: NCCL WARN NET/IB : Got completion from peer 10.64.0.11<41234> with status=12 opcode=0 len=0 "
        "vendor err 129"
    ]


def test_the_line_that_says_why_is_found_among_those_that_follow_from_it() -> None:
    output = recorded("srun_g-import-failed")
    assert output.rows == []
    assert output.said.reason.endswith("returned error code: 401 Unauthorized")


def test_what_all_ranks_say_is_kept_once() -> None:
    text = "".join(f"vm-{i}: Test NCCL failure common.cu:{448 + i} 'unhandled system error'\n" for i in range(64))
    said = fed("one line before\n" + text).said
    assert said.lines == [
        "one line before",
        "vm-0: Test NCCL failure common.cu:448 'unhandled system error' (and 63 more like it)",
    ]


STAND_IN = """# rehearsal: no GPU was involved. MPI does these all-reduces in NCCL's place.
# rehearsal: sizes above 4194304 bytes are left out: the machines are containers on one small machine.
"""


def test_the_stand_in_is_unknown_whatever_it_measured_and_lacks_no_row_that_it_left_out() -> None:
    text = STAND_IN + printed(
        row(MIB, 0.3) + row(2 * MIB, 0.4) + row(4 * MIB, 0.5), device="no GPU: MPI in NCCL's place"
    )
    judged = judge(fed(text.replace("maxBytes 4194304", "maxBytes 4294967296")), H100, 2)
    assert finding(judged, "results").detail == "3 rows, no value wrong"
    assert (judged.verdict, finding(judged, "bandwidth").detail[:10]) == ("unknown", "(stand-in)")


def test_the_stand_in_lacks_a_row_that_it_did_not_leave_out() -> None:
    text = STAND_IN + printed(row(MIB, 0.3) + row(4 * MIB, 0.5), device="no GPU: MPI in NCCL's place")
    assert finding(judge(fed(text), H100, 2), "results").detail == "rows that were asked for are missing: 2 MiB"
