"""run-aznhc.sh: AzNHC's real outcome, and unknown wherever it had none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.health.recorded import (
    AZNHC_FAILED_END,
    AZNHC_HEAD,
    AZNHC_MISSING,
    AZNHC_P2P,
    AZNHC_SET_UP,
    AZNHC_SUCCESS,
    AZNHC_UNSUPPORTED,
    AZNHC_WARNING,
)

if TYPE_CHECKING:
    from tests.unit.node.health.kit import Node

LOG = "aznhc-health.log"


def test_a_run_without_a_failure_passes(node: Node) -> None:
    done = node.run("run-aznhc.sh")

    assert done.returncode == 0, done.stderr
    line = (node.root / f"var/log/{LOG}.status").read_text()
    assert time.strptime(line.split(" ")[0], "%Y-%m-%dT%H:%M:%SZ")
    assert line.split(" ")[1:] == ["passed\n"]
    assert "480.318 GB/s" in (node.root / f"var/log/{LOG}").read_text()


def test_the_exit_status_of_the_checks_is_what_counts(node: Node) -> None:
    node.aznhc(AZNHC_P2P + AZNHC_MISSING + AZNHC_FAILED_END, AZNHC_HEAD, status=1)

    done = node.run("run-aznhc.sh")

    assert (done.returncode, node.status_of(LOG)) == (1, "failed")
    detail = node.check("aznhc")["detail"]
    assert "check_gpu_bw" in detail
    assert "FaultCode: NHC2020" in detail
    assert "FaultCode: NHC2009" in detail


def test_a_run_may_fail_and_the_next_one_pass(node: Node) -> None:
    node.aznhc(AZNHC_MISSING + AZNHC_FAILED_END, status=1)
    node.run("run-aznhc.sh")
    node.aznhc(AZNHC_SUCCESS)

    node.run("run-aznhc.sh")

    lines = (node.root / f"var/log/{LOG}.status").read_text().splitlines()
    assert [line.split(" ")[1] for line in lines] == ["failed", "passed"]
    assert "NHC2009" not in (node.root / f"var/log/{LOG}").read_text()


def test_a_failure_that_an_old_version_hides_in_its_exit_status_is_one(node: Node) -> None:
    node.aznhc(AZNHC_MISSING + AZNHC_FAILED_END, status=0)

    assert node.run("run-aznhc.sh").returncode == 1


def test_warnings_are_told_and_pass(node: Node) -> None:
    node.aznhc(AZNHC_WARNING + AZNHC_SUCCESS)

    assert node.run("run-aznhc.sh").returncode == 0
    assert "Nearing a failure threshold" in node.check("aznhc")["detail"]


@pytest.mark.parametrize(
    ("log", "output", "status", "why"),
    [
        pytest.param("", AZNHC_UNSUPPORTED, 0, "currently not supported", id="a size that AzNHC does not know"),
        pytest.param(AZNHC_SET_UP + AZNHC_FAILED_END, "", 1, "could not set up", id="a check that could not be set up"),
        pytest.param("", "docker: Error response from daemon: no GPUs", 125, "daemon: no GPUs", id="docker's failure"),
        pytest.param("", "", 0, "before its checks were complete", id="no word of an end"),
        pytest.param(AZNHC_FAILED_END, "", 1, "named no failure", id="a failure without a name"),
    ],
)
def test_a_check_that_could_not_be_made_is_unknown(node: Node, log: str, output: str, status: int, why: str) -> None:
    node.aznhc(log, output, status)

    done = node.run("run-aznhc.sh")

    assert (done.returncode, node.status_of(LOG)) == (2, "unknown")
    assert why in node.check("aznhc")["detail"]


def test_a_fault_beside_a_check_that_could_not_be_set_up_is_a_fault(node: Node) -> None:
    node.aznhc(AZNHC_SET_UP + AZNHC_MISSING + AZNHC_FAILED_END, status=1)

    assert node.run("run-aznhc.sh").returncode == 1
    assert "NHCNA" not in node.check("aznhc")["detail"]


def test_without_docker_it_is_unknown(node: Node) -> None:
    (node.root / "bin/docker").unlink()
    node.environment["PATH"] = str(node.root / "bin")
    for name in ("bash", "dirname", "readlink", "mkdir", "flock", "rm", "mv", "cat", "env", "timeout"):
        (node.root / "bin" / name).symlink_to(f"/usr/bin/{name}")

    assert node.run("run-aznhc.sh").returncode == 2
    assert node.check("aznhc")["detail"] == "Docker is not installed"


def test_a_docker_that_does_not_answer_is_unknown(node: Node) -> None:
    assert node.run("run-aznhc.sh", DOCKER_STATUS="1").returncode == 2
    assert "Docker does not answer" in node.check("aznhc")["detail"]


def test_an_image_that_can_not_be_pulled_is_unknown(node: Node) -> None:
    (node.root / "pulled").unlink()

    assert node.run("run-aznhc.sh").returncode == 2
    detail = node.check("aznhc")["detail"]
    assert "mcr.microsoft.com/aznhc/aznhc-nv:1.2.0 could not be pulled: manifest unknown" in detail


def test_checks_that_do_not_end_are_stopped_and_unknown(node: Node) -> None:
    (node.root / "aznhc").write_text("exec sleep 60")

    done = node.run("run-aznhc.sh", AZNHC_LIMIT="1")

    assert (done.returncode, node.status_of(LOG)) == (2, "unknown")
    assert "did not end within 1 seconds" in node.check("aznhc")["detail"]
    assert node.calls()[-1] == "docker rm --force aznhc"  # and not only before they began


def test_the_container_runs_as_azure_has_it(node: Node) -> None:
    (node.root / "var/log/syslog").touch()

    node.run("run-aznhc.sh")

    run = next(call for call in node.calls() if call.startswith("docker run"))
    for given in ("--name aznhc", "--gpus all", "--privileged", "--net=host", "--shm-size=8g", "NHC_ARGS=-a"):
        assert given in run
    assert f"{node.root}/var/log/syslog:/azure-nhc/syslog" in run
    assert "--runtime" not in run


def test_the_scripts_of_an_hpc_image_run_from_a_copy_with_short_options(node: Node) -> None:
    script = node.image_scripts(
        'DOCK_IMG_NAME_NV="mcr.microsoft.com/aznhc/aznhc-nv"\n'
        'echo "options: $*"; echo changed >>conf\n'
        'NVIDIA_RT="--runtime=nvidia"; echo "gpus: $NVIDIA_RT"\n'
        'echo "Health checks completed with exit code: 0."\n'
    )

    done = node.run("run-aznhc.sh")

    assert done.returncode == 0, (node.root / "var/log" / LOG).read_text()
    log = (node.root / "var/log" / LOG).read_text()
    assert "options: -a -t 500 -o " in log
    assert "gpus: --gpus all" in log
    assert not (script.parent / "conf").exists()
    assert "docker image inspect mcr.microsoft.com/aznhc/aznhc-nv" in node.calls()


def test_a_size_without_gpus_and_infiniband_has_nothing_to_check(node: Node) -> None:
    node.configure(gpus=0, infiniband=False)

    assert node.run("run-aznhc.sh").returncode == 0
    assert node.status_of(LOG) == "skipped"
    assert node.calls() == []


def test_a_size_with_infiniband_alone_is_checked_without_gpus(node: Node) -> None:
    node.configure(gpus=0, infiniband=True)

    assert node.run("run-aznhc.sh").returncode == 0
    run = next(call for call in node.calls() if call.startswith("docker run"))
    assert "--gpus" not in run


def test_a_container_that_somebody_runs_by_hand_is_left_alone(node: Node) -> None:
    (node.root / "containers").write_text("4711abcd\n")

    done = node.run("run-aznhc.sh")

    assert done.returncode == 75
    assert not (node.root / f"var/log/{LOG}.status").exists()
    assert "docker rm --force aznhc" not in node.calls()


def test_a_second_run_is_turned_away_while_one_is_under_way(node: Node) -> None:
    (node.root / "aznhc").write_text(': >"$NODE_ROOT/began"; until [[ -e $NODE_ROOT/go ]]; do sleep 0.05; done; exit 0')
    first = node.start("run-aznhc.sh")
    while not (node.root / "began").exists():
        assert first.poll() is None
        time.sleep(0.02)

    second = node.run("run-dcgmi.sh")
    (node.root / "go").touch()

    assert second.returncode == 75
    assert first.wait(timeout=20) == 2


def test_a_run_that_is_interrupted_is_unknown_at_once(node: Node) -> None:
    (node.root / "aznhc").write_text(': >"$NODE_ROOT/began"; exec sleep 60')
    run = node.start("run-aznhc.sh")
    while not (node.root / "began").exists():
        assert run.poll() is None
        time.sleep(0.02)

    run.terminate()

    assert run.wait(timeout=20) == 2
    assert node.check("aznhc")["detail"] == "the checks were interrupted"


INFO_FAILS = """
echo 'Client: Docker Engine - Community'; echo ' Version:    27.3.1'; echo; echo 'Server:'
echo 'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2
echo 'errors pretty printing info' >&2; exit 1
"""


def test_dockers_reason_is_told_and_not_what_stands_behind_it(node: Node) -> None:
    node.command("docker", INFO_FAILS)
    assert node.run("run-aznhc.sh").returncode == 2
    assert "Cannot connect to the Docker daemon" in node.check("aznhc")["detail"]


def test_the_reason_why_a_container_did_not_start_is_told(node: Node) -> None:
    said = "docker: Error response from daemon: could not select device driver.\n\nRun 'docker run --help' for more.\n"
    node.aznhc("", said, 125)
    assert node.run("run-aznhc.sh").returncode == 2
    assert "could not select device driver" in node.check("aznhc")["detail"]


def test_what_was_found_before_a_run_was_stopped_is_a_fault(node: Node) -> None:
    (node.root / "aznhc.log").write_text(AZNHC_MISSING)
    (node.root / "aznhc").write_text('cat "$NODE_ROOT/aznhc.log" >>"$1"; exec sleep 60')

    assert node.run("run-aznhc.sh", AZNHC_LIMIT="1").returncode == 1
    detail = node.check("aznhc")["detail"]
    assert "NHC2009" in detail
    assert "did not end within 1 seconds" in detail
