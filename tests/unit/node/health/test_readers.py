"""What is read from the checkers' own logs: every form of theirs, with the device, the reason and the code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parents[4] / "node"
OUTPUTS = Path(__file__).with_name("outputs")


def read(reader: str, status: int, *files: Path) -> tuple[str, str]:
    script = next(NODE.glob(f"**/opt/health/{reader}"))
    command = [sys.executable, str(script), str(status), *(str(each) for each in files)]
    # On a machine all of them are in one folder.
    beside = {**os.environ, "PYTHONPATH": str(NODE / "opt/health")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=beside)
    verdict, detail = done.stdout.split("\n")[:2]
    return verdict, detail


def aznhc(tmp_path: Path, log: str, status: int = 1) -> tuple[str, str]:
    (tmp_path / "log").write_text(log)
    return read("read_aznhc.py", status, tmp_path / "log")


def dcgm(tmp_path: Path, document: Any, status: int = 0) -> tuple[str, str]:
    (tmp_path / "output").write_text(document if isinstance(document, str) else json.dumps(document))
    (tmp_path / "errors").touch()
    return read("read_dcgm.py", status, tmp_path / "output", tmp_path / "errors")


def reason(tmp_path: Path, text: str) -> str:
    (tmp_path / "said").write_text(text)
    command = [sys.executable, str(NODE / "opt/health/reason.py"), str(tmp_path / "said")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


UNCORRECTABLE = "GPU 3 had uncorrectable memory errors"


@pytest.mark.parametrize(
    ("name", "verdict", "detail"),
    [
        ("dcgm24_memory", "failed", f"GPU Memory (GPU 3): {UNCORRECTABLE}. Run a field diagnostic on the GPU."),
        ("dcgm33_memory", "failed", f"GPU Memory (GPU 3, GPU 6): {UNCORRECTABLE} and memory pages could not be"),
        (
            "dcgm4_summary",
            "failed",
            "GPU 7): Error: The fabric manager is not running, so NVSwitch links can't be used",
        ),
        (
            "dcgm45_pass_with_error",
            "passed",
            "2 tests, with warnings: memory (GPU 0): Could not allocate enough memory",
        ),
    ],
)
def test_each_form_of_dcgm_keeps_the_gpu_and_the_reason(name: str, verdict: str, detail: str) -> None:
    found = read("read_dcgm.py", 0, OUTPUTS / f"{name}.json", Path("/dev/null"))
    assert found[0] == verdict
    assert detail in found[1]


def document(*results: dict[str, Any], root: str = "DCGM GPU Diagnostic", **test: Any) -> dict[str, Any]:
    tests = [{"name": "Page Retirement/Row Remap", "results": list(results), **test}]
    return {root: {"test_categories": [{"category": "Deployment", "tests": tests}]}}


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        (document({"status": "Fail", "warnings": "GPU 5 has pending remaps."}), ": GPU 5 has pending remaps."),
        (
            document({"status": "Fail", "gpu_id": 5, "warnings": [{"warnings": "Remaps.", "error_severity": 2}]}),
            " (GPU 5): Remaps. [isolate]",
        ),
        (document({"status": "Fail", "gpu_id": -1, "warnings": [{"warnings": "Driver."}]}), ": Driver."),
        (document({"status": "FAIL", "gpu_ids": "2,7", "warnings": ["One.", "Two."]}), " (GPU 2, GPU 7): One.; Two."),
        (document({"status": "Fail", "gpu_ids": "1", "info": "Only information."}), " (GPU 1): Only information."),
        (document({"status": "Fail", "gpu_id": "1", "warnings": {"warning": "An object."}}), " (GPU 1): An object."),
        (
            document(
                {"status": "Pass", "entity_group": "GPU", "entity_id": 0},
                root="DCGM Diagnostic",
                test_summary={"status": "Fail", "warnings": [{"warning": "Nobody's.", "error_severity": 5}]},
            ),
            ": Nobody's. [config]",
        ),
        (
            document(
                *({"status": "Fail", "gpu_id": i, "warnings": [{"warning": f"GPU {i} is bad."}]} for i in range(8))
            ),
            f" ({', '.join(f'GPU {i}' for i in range(8))}): GPU 0 is bad. (and 7 more like it)",
        ),
        (
            document({"status": "Fail", "entity_group": "CPU", "entity_id": 1}, root="DCGM Diagnostic"),
            " (CPU 1)",
        ),
    ],
)
def test_whatever_dcgm_calls_them_the_device_and_the_reason_are_told(
    tmp_path: Path, given: dict[str, Any], detail: str
) -> None:
    assert dcgm(tmp_path, given) == ("failed", f"Page Retirement/Row Remap{detail}")


@pytest.mark.parametrize(
    ("name", "verdict", "told"),
    [
        ("long_topology", "failed", ["check_hw_topology: Topology mismatch!", "FaultCode: NHC2010"]),
        ("many_p2p", "failed", ["NHC2020", "NHC2016", "NHC2005", "; and 4 more"]),
        ("nvme_nhc2023", "failed", ["NHC2023"]),
        ("two_lines_ecc", "failed", ["GPU: GPU 00000001:00:00.0, Total Pages: 63", "FaultCode: NHC2018"]),
        ("rc127", "unknown", ["check_nvsmi_healthmon returned 127"]),
        ("timed_out", "unknown", ['timed out while executing "check_nccl_allreduce 460.0 1 16G"']),
    ],
)
def test_aznhcs_findings_keep_their_codes(name: str, verdict: str, told: list[str]) -> None:
    found = read("read_aznhc.py", 1, OUTPUTS / f"{name}.log")
    assert found[0] == verdict
    for each in told:
        assert each in found[1]


FAILED = "ERROR:  nhc:  Health check failed:  "
END = "Health checks completed with exit code: 1.\n"


def test_every_code_is_told_however_many_and_long_they_are(tmp_path: Path) -> None:
    log = "".join(f"{FAILED}check_{i}: {'x' * 600} {i}. FaultCode: NHC{2001 + i}\n" for i in range(22))
    verdict, detail = aznhc(tmp_path, log + END)
    assert verdict == "failed"
    assert [f"NHC{2001 + i}" in detail for i in range(22)] == [True] * 22
    assert len(detail) <= 2000


def test_a_message_of_many_lines_has_its_code_and_what_follows_has_not(tmp_path: Path) -> None:
    stream = "\n".join(f"{name}: 1{i}.0" for i, name in enumerate(("Copy", "Scale", "Add", "Triad")))
    log = (
        f"{FAILED}\t **Fail** Stream test failed on one function. Stream Results: {stream}. FaultCode: NHC2001\n"
        f"{FAILED}check_hw_eth: interface ib3 not found\nsome output FaultCode\n{END}"
    )
    verdict, detail = aznhc(tmp_path, log)
    assert verdict == "failed"
    assert "Triad: 13.0. FaultCode: NHC2001; check_hw_eth: interface ib3 not found" in detail
    assert "some output" not in detail


@pytest.mark.parametrize("before", ["[1764496862] - ", "\x1b[31m"])
def test_times_and_colours_of_a_verbose_run_are_no_part_of_it(tmp_path: Path, before: str) -> None:
    log = f"{before}{FAILED}check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009\x1b[0m\r\n{END}"
    assert aznhc(tmp_path, log) == ("failed", "check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009")


@pytest.mark.parametrize(
    "message",
    [
        "Check check_nvsmi_healthmon returned 127",
        'No such check "check_x" (missing/corrupt .nhc file?); check 3 of 9 (check_x) returned 127',
        'Unable to run check "check_x" (permissions/mount flags?); check 3 of 9 (check_x) returned 126',
        "check_app_gpu_clocks: nvidia-smi (get clock freqs) returned error code 127. FaultCode: NHC2015",
        "check_nvlink_status: Failed to get NVLINK status with error code 126. FaultCode: NHC2016",
        "Check check_gpu_bw returned 124",
        "Terminated by signal SIGTERM.",
        "Watchdog timer unable to terminate hung NHC process 4711.",
        "check_ib_bw: ib_write_bw returned error code 1, Port argument was not specified. faultCode: NHCNA",
    ],
)
def test_a_check_that_could_not_run_or_end_is_unknown(tmp_path: Path, message: str) -> None:
    verdict, detail = aznhc(tmp_path, f"{FAILED}{message}\n{END}")
    assert (verdict, message in detail) == ("unknown", True)


@pytest.mark.parametrize(
    "message",
    [
        "check_nvsmi_healthmon: Caught fatal signal 9. FaultCode: NHC2015",
        "check_x: nvidia-smi timed out. FaultCode: NHC2015",
        "check_gpu_count: Expected to see 127 but found 126. FaultCode: NHC2009",
        "check_nvlink_status: GPU 3 has all nvlinks inactive",
    ],
)
def test_a_fault_is_a_fault(tmp_path: Path, message: str) -> None:
    assert aznhc(tmp_path, f"{FAILED}{message}\n{END}") == ("failed", message)


def test_a_fault_beside_a_check_that_is_not_there_is_told(tmp_path: Path) -> None:
    log = f"{FAILED}Check check_x returned 127\n{FAILED}check_gpu_count: found 7. FaultCode: NHC2009\n{END}"
    assert aznhc(tmp_path, log) == ("failed", "check_gpu_count: found 7. FaultCode: NHC2009")


DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"Client: Docker Engine\n Version: 27\n\nServer:\nERROR: {DAEMON}\nerrors pretty printing info\n", DAEMON),
        (
            "Unable to find image 'x:1' locally\n1.2: Pulling from x\n"
            'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]\n\n'
            "Run 'docker run --help' for more information\n",
            "could not select device driver",
        ),
        ("docker: Error response from daemon: Conflict. It is already in use.\nSee 'docker run --help'.\n", "in use"),
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.161\n", "mismatch"),
        (
            "docker: Error response from daemon: failed to create task for container: OCI runtime create failed\n"
            "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.\n"
            "See 'docker run --help'.\n",
            "nvml error: driver not loaded",
        ),
        ("Traceback (most recent call last):\n  File x, line 1\nModuleNotFoundError: No module named 'y'\n", "'y'"),
        ("bash: line 1: nhc: command not found\n", "nhc: command not found"),
        ("GPU 0: H100\nUnable to determine the device handle for GPU0: GPU is lost.\nGPU 2: H100\n", "GPU is lost"),
        ("first\nsecond\n", "second"),
        ("See 'docker run --help'.\n", "See 'docker run --help'."),
        ("", ""),
    ],
)
def test_the_line_with_the_reason_is_found_and_not_the_last_one(tmp_path: Path, text: str, why: str) -> None:
    found = reason(tmp_path, text)
    assert why in found
    assert (found == "") is (why == "")
