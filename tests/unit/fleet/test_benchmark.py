"""Benchmark from the command line, with programs in mpirun's and nvidia-smi's place that say what a test wants."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import Unreachable
from cluster_provision.fleet.nccl import plan as plan_module
from tests.unit.fleet.nccl_kit import GIB, printed, row
from tests.unit.fleet.tool import Tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.fleet.kit import Farm

MIB = 1 << 20
SIZE = "Standard_ND96isr_H200_v5"


@pytest.fixture
def tool(farm: Farm, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Tool:
    farm.add_many("vm-0", "vm-1")
    gpus(farm, 8, 8)
    program = farm.folder / "nccl-tests"
    program.mkdir()
    (program / "all_reduce_perf").touch(mode=0o755)
    monkeypatch.setattr(plan_module, "PLACES", (str(program),))
    return Tool(monkeypatch, capfdbinary, farm.fleet(size=SIZE))


def gpus(farm: Farm, *counts: int) -> None:
    """How many GPUs nvidia-smi shows on each machine."""
    cases = "".join(f"vm-{number}) count={count};;\n" for number, count in enumerate(counts))
    farm.program(
        "nvidia-smi",
        f"#!/bin/sh\ncase $NODE_NAME in\n{cases}esac\n"
        'for i in $(seq $count); do echo "GPU $i: NVIDIA H200 (UUID: GPU-$i)"; done\n',
    )


def mpirun(farm: Farm, output: str, then: str = "exit 0") -> Path:
    """An mpirun that prints `output` and keeps its arguments and hostfile; the file of these."""
    (farm.folder / "output").write_text(output)
    kept = farm.folder / "ran"
    farm.program(
        "mpirun",
        f'#!/bin/sh\necho "$@" >{kept}\ncat "$2" >>{kept}\ncat {farm.folder / "output"}\n{then}\n',
    )
    return kept


def test_a_good_run_prints_rows_and_a_verdict(tool: Tool, farm: Farm) -> None:
    ran = mpirun(farm, printed(row(8 * GIB, 470.0) * 2 + row(16 * GIB, 483.0) * 2, average=476.5))
    code, out, err = tool("Benchmark")
    assert code == 0, err
    text = out.decode()
    assert "All-reduce on 2 x Standard_ND96isr_H200_v5, 16 ranks" in text
    assert "Average bus bandwidth, all sizes: 476.5 GB/s" in text
    assert "Average bus bandwidth at 16 GiB: 483.00 GB/s" in text
    assert text.endswith("Verdict: ok\n")
    assert sum("GiB" in line for line in text.splitlines() if not line.startswith("Average")) == 2
    arguments, *hostfile = ran.read_text().splitlines()
    assert hostfile == ["127.0.1.1 slots=8", "127.0.1.2 slots=8"]
    assert "-np 16 --map-by ppr:8:node" in arguments
    assert "NCCL_TOPO_FILE" not in arguments  # no such file here
    # it needs the head's key on every machine
    assert (farm.machines[0].home / ".ssh" / "cluster_key").exists()


@pytest.mark.parametrize(("usage", "cycles"), [("[-N,--run_cycles <count>]", True), ("[-n,--iters <count>]", False)])
def test_cycles_are_asked_of_a_program_that_knows_them(tool: Tool, farm: Farm, usage: str, cycles: bool) -> None:
    (farm.folder / "nccl-tests" / "all_reduce_perf").write_text(f"#!/bin/sh\necho 'USAGE: {usage}'\n")
    ran = mpirun(farm, printed(row(16 * GIB, 483.0) * (10 if cycles else 1)))
    code, out, _ = tool("Benchmark")
    assert (code, out.endswith(b"Verdict: ok\n")) == (0, True)
    assert ran.read_text().splitlines()[0].endswith(" -w 5 -N 10") is cycles


def test_the_result_as_json(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 483.0), average=483.0))
    code, result = tool.json("Benchmark")
    assert (code, result["ok"]) == (0, True)
    found = result["benchmark"]
    assert (found["verdict"], found["network"], found["nodes"], found["ranks"]) == ("ok", "infiniband", 2, 16)
    assert (found["message"], found["measured"], found["average"]) == (16 * GIB, 483.0, 483.0)
    assert found["devices"] == ["NVIDIA H200"]
    assert found["limits"]["warn"] == 430 and "483.3" in found["limits"]["source"]
    assert found["rows"][0]["busbw"] == 483.0
    assert "mpirun" in found["command"]
    checks = {c["name"]: c["status"] for c in result["checks"]}
    assert checks == {
        "credentials": "ok",
        "GPUs": "ok",
        "all-reduce results": "ok",
        "all-reduce network": "ok",
        "all-reduce bandwidth": "ok",
    }


def test_too_slow_is_unhealthy_and_still_shows_the_rows(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 100.0)))
    code, out, err = tool("Benchmark")
    assert code == 22
    assert b"Verdict: failed" in out
    assert "100.0 GB/s at 16 GiB, below 322" in err


def test_a_warning_is_no_failure(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 400.0)))
    code, out, err = tool("Benchmark")
    assert code == 0
    assert b"Verdict: warn" in out
    assert "Note: bandwidth: 400.0 GB/s at 16 GiB, below 430" in err


def test_unknown_is_said_and_is_no_failure(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 0.3), device="no GPU: MPI in NCCL's place", network="silent"))
    code, result = tool.json("Benchmark")
    assert code == 0
    assert result["benchmark"]["verdict"] == "unknown"
    assert {c["name"]: c["status"] for c in result["checks"]}["all-reduce bandwidth"] == "unknown"


def test_unknown_does_not_pass_a_strict_gate(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 0.3), device="no GPU: MPI in NCCL's place"))
    code, out, err = tool("Benchmark", HEALTH_GATE="strict")
    assert code == 22
    assert b"Verdict: unknown" in out
    assert "bandwidth: the devices are named no GPU" in err


def test_a_warning_passes_a_strict_gate(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 400.0)))
    code, out, _ = tool("Benchmark", HEALTH_GATE="strict")
    assert code == 0
    assert b"Verdict: warn" in out


def test_wrong_values_are_unhealthy(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 483.0, wrong="2")), "exit 1")
    code, result = tool.json("Benchmark")
    assert code == 22
    assert result["error"]["class"] == "Unhealthy"
    assert "values are wrong" in result["error"]["message"]
    assert result["benchmark"]["verdict"] == "failed"


def test_a_machine_with_too_few_gpus_is_named_and_nothing_is_run(tool: Tool, farm: Farm) -> None:
    gpus(farm, 8, 7)
    ran = mpirun(farm, "")
    code, _, err = tool("Benchmark")
    assert code == 22
    assert "vm-1 shows 7 of 8 GPUs" in err
    assert not ran.exists()


def test_no_visible_gpu_is_a_failure(tool: Tool, farm: Farm) -> None:
    gpus(farm, 0, 0)
    mpirun(farm, printed(row(16 * GIB, 483.0)))
    code, result = tool.json("Benchmark")
    assert code == 22
    assert "vm-0 shows 0 of 8 GPUs; vm-1 shows 0 of 8 GPUs" in result["error"]["message"]


def test_machines_without_nvidia_smi_show_no_gpu(tool: Tool, farm: Farm) -> None:
    (farm.bin / "nvidia-smi").unlink()
    mpirun(farm, printed(row(16 * GIB, 483.0)))
    assert tool("Benchmark")[0] == 22


def test_a_run_that_hangs_is_stopped_and_told_with_what_ran(
    tool: Tool, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = importlib.import_module("cluster_provision.actions.benchmark")
    made = action.plan_for
    monkeypatch.setattr(action, "plan_for", lambda machine: replace(made(machine), limit=1))
    mpirun(farm, "# Using devices\nsome last words\n", "exec sleep 60")
    code, _, err = tool("Benchmark")
    assert code == 22
    assert "hung and was stopped after 1 s; it ran timeout -k 15 1 " in err
    assert "mpirun --hostfile" in err
    assert "  some last words" in err


def test_a_run_that_breaks_off_is_told_with_its_last_lines(tool: Tool, farm: Farm) -> None:
    mpirun(farm, "vm-1: Test CUDA failure common.cu:1000 'no CUDA-capable device is detected'\n", "exit 3")
    code, _, err = tool("Benchmark")
    assert code == 22
    assert "exit code 3" in err and "no CUDA-capable device is detected" in err


HALF = printed("".join(row(MIB << i, 30.0 + 20 * i) for i in range(12))).split("# Out of bounds")[0]
WARN = (
    "vm-1:353236:353423 [6] transport/net_ib.cc:2244 NCCL WARN NET/IB: Got completion from peer 10.0.0.4<53908> with "
    "status=12 opcode=129 len=1048576 vendor err 129 (Recv) hca mlx5_ib3\n"
)
FAILS = "".join(
    f"vm-{i // 8}: Test NCCL failure common.cu:448 'remote process exited or there was a network error / '\n"
    f" .. vm-{i // 8} pid {1000 + i}: Test failure common.cu:615\n"
    for i in range(16)
)


def test_a_run_that_breaks_off_keeps_its_rows_and_the_warning_that_names_the_card(tool: Tool, farm: Farm) -> None:
    mpirun(farm, HALF + WARN + FAILS, "exit 3")
    code, result = tool.json("Benchmark")
    assert code == 22
    assert len(result["benchmark"]["rows"]) == 12
    assert result["benchmark"]["verdict"] == "failed"
    message = result["error"]["message"]
    assert "mlx5_ib3" in message
    assert "measured 12 rows" in message
    assert "exit code 3: vm-0: Test NCCL failure" in message
    assert message.count("Test NCCL failure") == 2  # as the reason, and once among the last lines


def test_a_run_that_breaks_off_shows_its_rows_as_text_too(tool: Tool, farm: Farm) -> None:
    mpirun(farm, HALF + WARN + FAILS, "exit 3")
    code, out, err = tool("Benchmark")
    assert code == 22
    assert sum(b"MiB" in line or b"GiB" in line for line in out.splitlines()) == 12
    assert b"Verdict: failed" in out
    assert "hca mlx5_ib3" in err


def test_a_run_that_hangs_keeps_its_rows_and_the_size_at_which_it_hung(
    tool: Tool, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = importlib.import_module("cluster_provision.actions.benchmark")
    made = action.plan_for
    monkeypatch.setattr(action, "plan_for", lambda machine: replace(made(machine), limit=1))
    mpirun(farm, HALF + "  4294967296    1073741824     float     sum      -1", "exec sleep 60")
    code, result = tool.json("Benchmark")
    assert code == 22
    assert len(result["benchmark"]["rows"]) == 12
    assert "broke off in the row of 4 GiB" in result["error"]["message"]


def test_a_connection_that_ends_loses_no_rows(tool: Tool, farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*given: Any, **_: Any) -> None:
        for line in HALF.splitlines():
            given[4].feed(line)
        raise Unreachable("vm-0 does not answer any more")

    monkeypatch.setattr(importlib.import_module("cluster_provision.actions.benchmark"), "measure", cut)
    code, result = tool.json("Benchmark")
    assert code == 15
    assert (len(result["benchmark"]["rows"]), result["benchmark"]["verdict"]) == (12, "unknown")


def test_rows_that_can_not_be_read_are_no_sick_cluster(tool: Tool, farm: Farm) -> None:
    mpirun(farm, printed(row(16 * GIB, 483.0)).replace("float", "gleit"))
    code, result = tool.json("Benchmark")
    assert (code, result["benchmark"]["verdict"]) == (0, "unknown")
    assert tool("Benchmark", HEALTH_GATE="strict")[0] == 22


def test_a_host_on_ethernet_is_named_and_fails(tool: Tool, farm: Farm) -> None:
    text = printed(row(16 * GIB, 483.0))
    text += "vm-1:7:9 [3] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [send] via NET/Socket/0\n"
    mpirun(farm, text)
    code, result = tool.json("Benchmark")
    assert code == 22
    assert result["benchmark"]["networks"] == {"vm-0": "infiniband", "vm-1": "ethernet"}
    assert "vm-1 (NET/Socket), and not vm-0" in result["error"]["message"]


@pytest.mark.parametrize("status", [126, 127])
def test_a_program_that_can_not_be_run_is_no_sick_cluster(tool: Tool, farm: Farm, status: int) -> None:
    mpirun(farm, "all_reduce_perf: error while loading shared libraries: libnccl.so.2\n", f"exit {status}")
    assert tool("Benchmark")[0] == 24


def test_a_head_without_mpirun_is_no_sick_cluster(tool: Tool, farm: Farm) -> None:
    farm.program("mpirun", "#!/bin/sh\necho 'there is no mpirun here' >&2\nexit 127\n")
    code, _, err = tool("Benchmark")
    assert code == 24
    assert "can't be run on vm-0" in err


def test_a_size_without_gpus_is_refused(tool: Tool, farm: Farm) -> None:
    tool.fleet = farm.fleet(size="Standard_D4s_v5")
    code, _, err = tool("Benchmark")
    assert code == 2
    assert "SKU=Standard_D4s_v5 has none" in err


def test_a_size_that_the_table_lacks_is_measured_and_not_judged(tool: Tool, farm: Farm) -> None:
    tool.fleet = farm.fleet(size="Standard_ND999_new")
    ran = mpirun(farm, printed(row(GIB, 50.0), network="ethernet"))
    code, result = tool.json("Benchmark")
    assert code == 0
    assert result["benchmark"]["verdict"] == "unknown"
    assert "-np 16" in ran.read_text()


def test_an_unreachable_machine_ends_it_before_anything_is_run(tool: Tool, farm: Farm) -> None:
    farm.stop(farm.machines[1])
    ran = mpirun(farm, "")
    code, _, err = tool("Benchmark")
    assert code == 15
    assert "vm-1 does not answer" in err
    assert not ran.exists()
