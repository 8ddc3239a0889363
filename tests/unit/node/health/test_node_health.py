"""check-node-health.sh and run-health-checks.sh: the verdict, and the record that tells it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.health.recorded import AZNHC_FAILED_END, AZNHC_MISSING

if TYPE_CHECKING:
    from tests.unit.node.health.kit import Node

EARLIER = "2026-11-25T10:00:00Z"


def write_status(node: Node, aznhc: str, dcgm: str) -> None:
    """The status files with these last lines; empty for a file that isn't there."""
    for log, text in (("aznhc-health.log", aznhc), ("dcgmi-diag.log", dcgm)):
        if text:
            (node.root / f"var/log/{log}.status").write_text(f"{EARLIER} failed\n{EARLIER} {text}\n")


@pytest.mark.parametrize(
    ("aznhc", "dcgm", "verdict", "status"),
    [
        ("passed", "passed", "healthy", 0),
        ("failed", "passed", "unhealthy", 1),
        ("unknown", "failed", "unhealthy", 1),
        ("passed", "unknown", "unknown", 2),
        ("passed", "", "unknown", 2),
        ("", "", "unknown", 2),
        ("passed", "splendid", "unknown", 2),
        ("passed", "skipped", "healthy", 0),
        ("unknown", "skipped", "unknown", 2),
        ("skipped", "skipped", "skipped", 0),
    ],
)
def test_the_verdict_follows_from_the_last_results(
    node: Node, aznhc: str, dcgm: str, verdict: str, status: int
) -> None:
    write_status(node, aznhc, dcgm)

    done = node.run("check-node-health.sh")

    assert done.returncode == status
    line = (node.root / "var/log/node-health.log.status").read_text()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ {verdict}\n", line)
    assert re.match(rf"\[\d{{4}}-\S+Z\] {verdict}: aznhc ", (node.root / "var/log/node-health.log").read_text())
    assert node.health()["verdict"] == node.reports()[-1]["verdict"] == verdict


def test_a_detail_of_another_run_is_not_told_for_this_one(node: Node) -> None:
    node.aznhc(AZNHC_MISSING + AZNHC_FAILED_END, status=1)
    node.run("run-aznhc.sh")
    write_status(node, "failed", "passed")

    node.run("check-node-health.sh")

    assert node.check("aznhc") == {"name": "aznhc", "status": "failed", "detail": "", "time": EARLIER}


def test_both_checks_run_and_the_record_tells_so_first_and_then_the_verdict(node: Node) -> None:
    node.aznhc(AZNHC_MISSING + AZNHC_FAILED_END, status=1)

    done = node.run("run-health-checks.sh")

    assert done.returncode == 1, done.stderr
    first, *_, last = node.reports()
    assert [first["verdict"], last["verdict"]] == ["running", "unhealthy"]
    assert [(c["name"], c["status"]) for c in last["checks"]] == [("aznhc", "failed"), ("dcgm", "passed")]
    assert len(node.reports()) == 2


def test_a_check_run_by_hand_changes_the_verdict(node: Node) -> None:
    node.run("run-health-checks.sh")
    node.gpus(7)

    node.run("run-dcgmi.sh", "3")

    assert [r["verdict"] for r in node.reports()] == ["running", "healthy", "unhealthy"]


def test_the_level_reaches_dcgm(node: Node) -> None:
    node.run("run-health-checks.sh", "3")

    assert "dcgmi diag -r 3 -j" in node.calls()


def test_a_check_that_breaks_is_unknown_whatever_it_found_before(node: Node) -> None:
    node.run("run-health-checks.sh")
    (node.root / "opt/run-aznhc.sh").write_text("#!/bin/bash\nexit 9\n")

    assert node.run("run-health-checks.sh").returncode == 2
    assert node.check("aznhc")["detail"] == "the check itself ended with status 9"


def test_a_container_of_somebody_elses_leaves_its_check_unknown(node: Node) -> None:
    (node.root / "containers").write_text("4711abcd\n")

    assert node.run("run-health-checks.sh").returncode == 2
    assert node.check("aznhc")["detail"] == "somebody else runs it already"
    assert node.check("dcgm")["status"] == "passed"


def test_a_run_that_is_interrupted_says_so(node: Node) -> None:
    (node.root / "aznhc").write_text(': >"$NODE_ROOT/began"; exec sleep 60')
    run = node.start("run-health-checks.sh")
    while not (node.root / "began").exists():
        assert run.poll() is None
        time.sleep(0.02)

    run.terminate()

    assert run.wait(timeout=20) == 2
    assert node.reports()[-1]["verdict"] == "unknown"
    assert node.check("aznhc")["detail"] == "the checks were interrupted"


def test_a_record_that_can_not_be_sent_changes_no_verdict(node: Node) -> None:
    (node.root / "var/lib/cluster/bootstrap.sh").write_text("echo no way out >&2; exit 1")

    done = node.run("run-health-checks.sh")

    assert done.returncode == 0
    assert "the record could not be sent" in done.stderr
    assert node.health()["verdict"] == "healthy"


def test_the_record_is_sent_in_the_environment_of_the_machines_services(node: Node) -> None:
    (node.root / "run/systemd/system").mkdir(parents=True)
    # A service has the manager's environment, and nothing of the caller's.
    node.command("systemd-run", 'while [[ $1 == -* ]]; do shift; done; exec env HTTPS_PROXY=http://way.out "$@"')
    sent = f'echo "$HTTPS_PROXY $1" >"{node.root}/sent"'
    (node.root / "var/lib/cluster/bootstrap.sh").write_text(sent)

    node.run("check-node-health.sh")

    assert (node.root / "sent").read_text() == "http://way.out report\n"


def test_the_physical_host_is_told(node: Node) -> None:
    pool = b"".join(
        key.ljust(512, b"\0") + value.ljust(2048, b"\0")
        for key, value in ((b"HostName", b"host.example"), (b"PhysicalHostName", b"BN1234"))
    )
    (node.root / "var/lib/hyperv/.kvp_pool_3").write_bytes(pool)

    node.run("check-node-health.sh")

    assert node.health()["host"] == "BN1234"
