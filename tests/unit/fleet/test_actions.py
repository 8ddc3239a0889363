"""Run, Gather and UpdateHosts from the command line: outputs, JSON, exit codes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cluster_provision.actions import gather as gather_action
from tests.unit.fleet.tool import Tool

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm


@pytest.fixture
def tool(farm: Farm, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Tool:
    farm.add_many("vm-0", "vm-1", "vm-2")
    return Tool(monkeypatch, capfdbinary, farm.fleet())


def test_run_prints_every_line_with_its_host_before_it(tool: Tool) -> None:
    code, out, err = tool("Run", 'echo "$NODE_NAME here"; echo warning >&2')
    assert code == 0
    assert sorted(out.splitlines()) == [f"vm-{i}: vm-{i} here".encode() for i in range(3)]
    assert "vm-1: warning" in err
    assert "3 of 3 hosts" in err


def test_run_passes_bytes_on_as_they_are(tool: Tool) -> None:
    _, out, _ = tool("Run", r"[ $NODE_NAME = vm-1 ] && printf '\377\376\n'; true")
    assert out == b"vm-1: \xff\xfe\n"


def test_run_lists_failures_by_host_and_exits_with_their_code(tool: Tool) -> None:
    code, _, err = tool("Run", "[ $NODE_NAME = vm-0 ] || exit 3")
    assert code == 24
    assert "2 problems:\n  - vm-1: the command ended with exit code 3\n  - vm-2: the command ended" in err
    assert "1 of 3 hosts" not in err.partition("Error:")[2]


def test_an_unreachable_host_is_worse_than_a_failed_command(tool: Tool, farm: Farm) -> None:
    farm.stop(farm.machines[2])
    code, _, err = tool("Run", "[ $NODE_NAME = vm-0 ] || exit 3")
    assert code == 15
    assert "vm-1: the command ended with exit code 3" in err
    assert "vm-2 does not answer" in err


def test_run_as_json_has_a_row_a_host(tool: Tool, farm: Farm) -> None:
    farm.stop(farm.machines[2])
    code, result = tool.json("Run", 'echo "$NODE_NAME"; printf "\\377" >&2; [ $NODE_NAME = vm-0 ] || exit 3')
    assert (code, result["ok"], result["error"]["exit_code"], result["action"]) == (15, False, 15, "run")
    rows = [(h["name"], h["status"], h["exit_code"], h["stdout"], h["stderr"]) for h in result["hosts"]]
    assert rows == [
        ("vm-0", "ok", 0, "vm-0\n", "\ufffd\n"),
        ("vm-1", "failed", 3, "vm-1\n", "\ufffd\n"),
        ("vm-2", "unreachable", None, "", ""),
    ]
    assert "vm-2 does not answer" in result["hosts"][2]["error"]


def test_json_keeps_a_mebibyte_of_a_hosts_output_and_says_so(tool: Tool) -> None:
    code, result = tool.json("Run", "[ $NODE_NAME = vm-1 ] && seq 400000; true")
    assert code == 0
    assert [h["truncated"] for h in result["hosts"]] == [False, True, False]
    assert len(result["hosts"][1]["stdout"]) <= 1024 * 1024
    assert result["hosts"][1]["stdout"].startswith("1\n2\n")


def test_no_reader_ends_the_run_quietly(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(open(writing, "wb"), write_through=True) as gone:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stdout", gone)
        code, _, err = tool("Run", "seq 100000")
        monkeypatch.undo()
    assert code == 141
    assert "Traceback" not in err and "defect" not in err


def test_gather_prints_the_named_file_in_the_order_of_the_hostfile(tool: Tool, farm: Farm) -> None:
    for number, machine in enumerate(farm.machines):
        (machine.home / "status file").write_text(f"first of {number}\nsecond of {number}")
        (machine.home / "other").write_text("not asked for\n")
    code, out, _ = tool("Gather", "status file")
    assert code == 0
    assert out.decode().splitlines() == [
        line for i in range(3) for line in (f"vm-{i}: first of {i}", f"vm-{i}: second of {i}")
    ]


def test_gather_takes_its_argument_for_a_path_and_nothing_else(tool: Tool, farm: Farm) -> None:
    code, out, err = tool("Gather", "$(touch made); touch made")
    assert (code, out) == (24, b"")
    assert not any((m.home / "made").exists() for m in farm.machines)
    assert "vm-0: cannot open '$(touch made); touch made' for reading: No such file or directory" in err


def test_gather_lists_where_the_file_is_not(tool: Tool, farm: Farm) -> None:
    for machine in (farm.machines[0], farm.machines[2]):
        (machine.home / "log").write_text("here\n")
    code, out, err = tool("Gather", "log")
    assert code == 24
    assert out == b"vm-0: here\nvm-2: here\n"
    assert "Error: vm-1: cannot open 'log' for reading: No such file or directory" in err


def test_gather_keeps_the_order_though_the_first_host_is_the_slowest(tool: Tool, farm: Farm) -> None:
    farm.program("head", '#!/bin/sh\n[ "$NODE_NAME" = vm-0 ] && sleep 1\nexec /usr/bin/head "$@"\n')
    for machine in farm.machines:  # more than is read ahead of a host's turn
        (machine.home / "big").write_text("".join(f"{machine.name} {i}\n" for i in range(60_000)))
    code, out, _ = tool("Gather", "big")
    assert code == 0
    assert out.decode().splitlines() == [f"vm-{h}: vm-{h} {i}" for h in range(3) for i in range(60_000)]


def test_gather_cuts_what_is_too_long_and_fails_for_it(tool: Tool, farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather_action, "MOST", 10)
    for machine in farm.machines:
        (machine.home / "file").write_text("0123456789" + ("x" if machine.name == "vm-1" else ""))
    code, out, err = tool("Gather", "file")
    assert out == b"vm-0: 0123456789\nvm-1: 0123456789\nvm-2: 0123456789\n"
    assert code == 24
    assert "vm-1: file is longer than 10 bytes; only its beginning is shown" in err
    assert "vm-0:" not in err.partition("Error:")[2]


def test_gather_as_json(tool: Tool, farm: Farm) -> None:
    (farm.machines[1].home / "log").write_text("here\n")
    code, result = tool.json("Gather", "log")
    assert code == 24
    assert [(h["status"], h["stdout"]) for h in result["hosts"]] == [("failed", ""), ("ok", "here\n"), ("failed", "")]


def test_gather_as_json_says_where_there_was_more(tool: Tool, farm: Farm) -> None:
    for machine in farm.machines:
        (machine.home / "log").write_text("x\n" * (600_000 if machine.name == "vm-1" else 1))
    code, result = tool.json("Gather", "log")
    assert code == 24
    assert [h["truncated"] for h in result["hosts"]] == [False, True, False]
    assert "longer than 1048576 bytes" in result["hosts"][1]["error"]


def test_importing_the_actions_does_not_import_ssh() -> None:
    seen = "import sys, cluster_provision.actions, cluster_provision.targets; print('asyncssh' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True).stdout == b"False\n"


def test_update_hosts_shows_the_hosts_and_what_was_written(tool: Tool, farm: Farm) -> None:
    code, out, err = tool("UpdateHosts")
    assert code == 0
    assert out == b"vm-0 127.0.1.1\nvm-1 127.0.1.2\nvm-2 127.0.1.3\n"
    assert "3 of 3 hosts have the key, 3 of them new; written on vm-0: ~/hostfile, ~/hostfile-ip" in err
    assert (farm.machines[0].home / "hostfile").read_text() == "vm-0\nvm-1\nvm-2\n"


def test_update_hosts_fails_for_a_host_that_is_down_and_names_it(tool: Tool, farm: Farm) -> None:
    farm.stop(farm.machines[1])
    code, result = tool.json("UpdateHosts")
    assert code == 15
    assert [h["status"] for h in result["hosts"]] == ["ok", "unreachable", "ok"]


def test_run_without_a_command_is_bad_usage(tool: Tool) -> None:
    code, _, err = tool("Run")
    assert code == 2
    assert "needs an argument" in err


def test_a_head_that_does_not_answer_is_unreachable(tool: Tool, farm: Farm) -> None:
    farm.stop(farm.machines[0])
    for action, argument in (("Run", "true"), ("Gather", "x"), ("UpdateHosts", None)):
        code, _, err = tool(action, argument)
        assert code == 15
        assert "the head vm-0 does not answer at 127.0.1.1" in err
