"""Health ecc from the command line: every machine is asked, and none is taken for well that gave no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.fleet.tool import Tool

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm

SMI = """#!/bin/sh
case "$NODE_NAME $1" in
  "vm-1 --query-remapped-rows="*) echo "GPU-$NODE_NAME, 0, 2, 0, 1" ;;
  *--query-remapped-rows=*) echo "GPU-$NODE_NAME, 0, 0, 0, 0" ;;
  vm-2*) echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."; exit 9 ;;
  *) echo "GPU-$NODE_NAME, 0, NVIDIA H100, 4, 0, 9, 1" ;;
esac
"""


@pytest.fixture
def tool(farm: Farm, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Tool:
    farm.add_many("vm-0", "vm-1", "vm-2")
    farm.program("nvidia-smi", SMI)
    return Tool(monkeypatch, capfdbinary, farm.fleet())


def test_each_gpu_has_a_row_and_faults_and_silence_end_with_22(tool: Tool) -> None:
    code, out, err = tool("Health", "ecc")
    assert code == 22
    rows = [line.split() for line in out.decode().splitlines()]
    assert rows[1] == ["vm-0", "0", "NVIDIA", "H100", "4", "0", "9/1", "0", "-"]
    assert " ".join(rows[2][-6:]) == "2 rows could not be remapped"
    assert "vm-1: GPU 0: rows could not be remapped" in err
    assert "vm-2: NVIDIA-SMI has failed" in err


def test_as_json_each_machine_has_its_verdict(tool: Tool) -> None:
    code, result = tool.json("Health", "ecc")
    assert code == 22
    assert {each["name"]: each["verdict"] for each in result["health"]["nodes"]} == {
        "vm-0": "healthy",
        "vm-1": "unhealthy",
        "vm-2": "unknown",
    }
