"""run-dcgmi.sh: what DCGM 3 and 4 find, and unknown wherever they found nothing out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.health.recorded import PERSISTENCE, dcgm3, dcgm4, dcgm4_test

if TYPE_CHECKING:
    from tests.unit.node.health.kit import Node

LOG = "dcgmi-diag.log"
ECC = {"warning": "GPU 3 has uncorrectable memory errors", "error_id": 61, "error_severity": 2, "error_category": 10}


@pytest.mark.parametrize("document", [dcgm4(dcgm4_test("memory", "Pass")), dcgm3("PASS"), dcgm3("SKIP")])
def test_tests_that_all_pass_pass(node: Node, document: str) -> None:
    node.dcgm(document)

    done = node.run("run-dcgmi.sh")

    assert done.returncode == 0, node.health()
    line = (node.root / f"var/log/{LOG}.status").read_text()
    assert time.strptime(line.split(" ")[0], "%Y-%m-%dT%H:%M:%SZ")
    assert line.split(" ")[1:] == ["passed\n"]
    assert "test_categories" in (node.root / f"var/log/{LOG}").read_text()


def test_the_level_is_2_unless_it_is_given(node: Node) -> None:
    node.run("run-dcgmi.sh")
    node.run("run-dcgmi.sh", "4")
    node.run("run-dcgmi-diag.sh", "1")

    calls = [call for call in node.calls() if call.startswith("dcgmi diag")]
    assert calls == ["dcgmi diag -r 2 -j", "dcgmi diag -r 4 -j", "dcgmi diag -r 1 -j"]


@pytest.mark.parametrize("given", [["5"], ["long"], ["2", "3"]])
def test_another_level_is_refused_and_nothing_runs(node: Node, given: list[str]) -> None:
    done = node.run("run-dcgmi.sh", *given)

    assert done.returncode == 64
    assert "1 to 4" in done.stderr
    assert node.calls() == []


# dcgmi of version 4 ended with 226 on a recorded failure; one of version 3 may end with 0.
@pytest.mark.parametrize("status", [0, 226])
def test_a_test_that_fails_fails_and_is_named_with_its_gpu(node: Node, status: int) -> None:
    node.dcgm(dcgm4(dcgm4_test("pcie", "Pass"), dcgm4_test("memory", "Fail", 3, ECC)), status)

    assert node.run("run-dcgmi.sh").returncode == 1
    assert node.status_of(LOG) == "failed"
    detail = node.check("dcgm")["detail"]
    assert detail == "level 2: memory (GPU 3): GPU 3 has uncorrectable memory errors [isolate]"


def test_a_failure_of_one_gpu_among_passes_is_one_in_version_3_too(node: Node) -> None:
    node.dcgm(dcgm3("FAIL", "Pending page retirements on GPU 3"), 1)

    assert node.run("run-dcgmi.sh").returncode == 1
    assert node.check("dcgm")["detail"] == "level 2: GPU Memory (GPU 3): Pending page retirements on GPU 3"


def test_a_setting_that_dcgm_faults_says_so(node: Node) -> None:
    finding = {"warning": PERSISTENCE, "error_id": 29, "error_severity": 5, "error_category": 8}
    node.dcgm(dcgm4(dcgm4_test("software", "Fail", 0, finding)), 226)

    assert node.run("run-dcgmi.sh").returncode == 1
    assert node.check("dcgm")["detail"].endswith("[config]")


def test_a_warning_is_told_and_passes(node: Node) -> None:
    node.dcgm(dcgm3("WARN", "Clocks are being throttled"))

    assert node.run("run-dcgmi.sh").returncode == 0
    assert "with warnings: GPU Memory (GPU 3): Clocks are being throttled" in node.check("dcgm")["detail"]


ENGINE = 'echo "Error: unable to establish a connection to the specified host: localhost"; exit 1'


@pytest.mark.parametrize(
    ("output", "status", "errors", "why"),
    [
        pytest.param(dcgm4(dcgm4_test("memory", "Not Run")), 0, "", "no result of memory", id="no run"),
        pytest.param(dcgm4(dcgm4_test("memory", "Splendid")), 0, "", "no result of memory", id="an unknown word"),
        pytest.param(dcgm4(dcgm4_test("memory", "Pass")), 255, "lost", "named no failure: lost", id="bad end"),
        pytest.param("", 226, "Error: out of date", "no results: Error: out of date", id="no results"),
        pytest.param('{"DCGM Diagnostic": {"test_categories": null}}', 0, "", "no results", id="an empty document"),
        pytest.param('{"DCGM Diagnostic": {"test_cat', 0, "", "no results", id="half a document"),
        pytest.param("[]", 0, "", "no results", id="another document"),
    ],
)
def test_gpus_that_dcgm_did_not_test_are_unknown(node: Node, output: str, status: int, errors: str, why: str) -> None:
    node.dcgm(output, status, errors)

    assert node.run("run-dcgmi.sh").returncode == 2, node.health()
    assert node.status_of(LOG) == "unknown"
    assert why in node.check("dcgm")["detail"]


def test_tests_that_are_all_skipped_are_no_pass(node: Node) -> None:
    skipped = '{"name": "memory", "results": [{"entity_id": 0, "status": "Skip"}]}'
    node.dcgm(f'{{"DCGM Diagnostic": {{"test_categories": [{{"category": "Hardware", "tests": [{skipped}]}}]}}}}')

    assert node.run("run-dcgmi.sh").returncode == 2
    assert "every test was skipped" in node.check("dcgm")["detail"]


def test_without_dcgmi_it_is_unknown(node: Node) -> None:
    (node.root / "bin/dcgmi").unlink()

    assert node.run("run-dcgmi.sh").returncode == 2
    assert node.check("dcgm")["detail"] == "dcgmi is not installed"


def test_a_host_engine_that_is_off_is_started(node: Node) -> None:
    node.command("dcgmi", f'[[ -e $NODE_ROOT/engine ]] || {{ {ENGINE}; }}; cat "$NODE_ROOT/dcgm.json"')
    node.command("systemctl", '[[ $* != "start nvidia-dcgm" ]] || : >"$NODE_ROOT/engine"')

    assert node.run("run-dcgmi.sh").returncode == 0


def test_a_host_engine_that_does_not_start_is_unknown(node: Node) -> None:
    node.command("dcgmi", ENGINE)

    assert node.run("run-dcgmi.sh").returncode == 2
    assert "unable to establish a connection" in node.check("dcgm")["detail"]


def test_diagnostics_that_do_not_end_are_stopped_and_unknown(node: Node) -> None:
    node.command("dcgmi", "[[ $1 == discovery ]] || exec sleep 60")

    assert node.run("run-dcgmi.sh", DCGM_LIMIT="1").returncode == 2
    assert "did not end within 1 seconds" in node.check("dcgm")["detail"]


@pytest.mark.parametrize("count", [7, 0])
def test_a_gpu_that_is_missing_is_a_failure_that_dcgm_would_not_see(node: Node, count: int) -> None:
    node.gpus(count)

    assert node.run("run-dcgmi.sh").returncode == 1
    assert node.check("dcgm")["detail"] == f"{count} of 8 GPUs are there"


def test_a_driver_that_does_not_answer_is_unknown(node: Node) -> None:
    node.command("nvidia-smi", "echo 'NVIDIA-SMI has failed because it could not communicate with the driver'; exit 9")

    assert node.run("run-dcgmi.sh").returncode == 2
    assert "nvidia-smi ended with status 9" in node.check("dcgm")["detail"]


def test_a_size_without_gpus_has_nothing_to_test(node: Node) -> None:
    node.configure(gpus=0)

    assert node.run("run-dcgmi.sh").returncode == 0
    assert node.status_of(LOG) == "skipped"
    assert node.calls() == []


def test_the_drivers_reason_is_told_and_not_its_librarys_version(node: Node) -> None:
    mismatch = "Failed to initialize NVML: Driver/library version mismatch"
    node.command("nvidia-smi", f"echo '{mismatch}'; echo 'NVML library version: 535.161'; exit 18")

    assert node.run("run-dcgmi.sh").returncode == 2
    assert node.check("dcgm")["detail"] == f"nvidia-smi ended with status 18: {mismatch}"
