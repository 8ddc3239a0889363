"""What a node's record says, on the machine and in the bucket."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cluster_provision.node import HealthCheck, NodeRecord
from tests.unit.embedded_cloud.asked_cloud import until

if TYPE_CHECKING:
    from tests.unit.node.trial import FakeCloud, Machine

RECORD = "var/lib/cluster/record.json"


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only()


def test_a_node_with_nothing_to_do_becomes_ready(machine: Machine, cloud: FakeCloud) -> None:
    machine.steps = None
    done = machine.start()

    assert done.returncode == 0, done.stderr
    record = NodeRecord.from_json(cloud.record_when(lambda r: r["status"] == "ready"))
    assert (record.node, record.instance_id, record.boot_id) == ("abc-vm-x1y2", "4711", "boot-1")
    assert (record.address, record.step) == ("10.0.0.7", "done")
    assert [(s.name, s.status, s.optional) for s in record.steps] == [
        ("files", "skipped", False),
        ("buckets", "skipped", False),
        ("shares", "skipped", False),
        ("ray", "skipped", False),
        ("slurm", "skipped", False),
        ("health", "skipped", True),
        ("agent", "skipped", True),
        ("jupyter", "skipped", True),
        ("command", "skipped", False),
    ]
    assert machine.record() == cloud.uploads[-1]["record"]


def test_an_upload_names_the_object_and_carries_what_one_listing_needs(machine: Machine, cloud: FakeCloud) -> None:
    machine.steps = None
    machine.start()

    upload = cloud.uploads[-1]
    assert upload["path"] == "/upload/storage/v1/b/b/o?uploadType=multipart"
    assert upload["about"]["name"] == "d/abc-deployment/nodes/abc-vm-x1y2.json"
    assert upload["about"]["metadata"] == {
        "status": "ready",
        "step": "done",
        "instance_id": "4711",
        "agent": "skipped",
        "jupyter": "skipped",
    }


def test_uploads_that_were_held_up_are_made_good_by_one(machine: Machine, cloud: FakeCloud) -> None:
    machine.steps = None
    with ThreadPoolExecutor() as pool:
        with cloud.changed:  # nothing is written meanwhile
            started = pool.submit(machine.start)
            until(lambda: (machine.root / RECORD).exists() and machine.record()["status"] == "ready")
        assert started.result().returncode == 0

    # The one that was held up first, the next in the line, and that a node is ready, which is said in any case.
    assert len(cloud.uploads) <= 3
    assert cloud.uploads[-1]["record"]["status"] == "ready"


def test_refused_uploads_are_tried_again(machine: Machine, cloud: FakeCloud) -> None:
    cloud.refusals = 8

    machine.start()

    assert cloud.record_when(lambda r: r["status"] == "ready")


def test_a_required_step_that_fails_stops_the_later_ones(machine: Machine, cloud: FakeCloud) -> None:
    machine.steps = None
    digest = "0" * 64
    cloud.objects["d/abc-deployment/files/x.tar.gz"] = b"not what it should be"
    machine.configure(files={"object": "d/abc-deployment/files/x.tar.gz", "destination": "/copy"})
    cloud.metadata["attributes/cluster-startup-command"] = f"touch {machine.root}/ran-{digest}"

    done = machine.start()

    assert done.returncode == 1
    record = cloud.record_when(lambda r: r["status"] == "failed")
    assert record["step"] == "files"
    assert [s["name"] for s in record["steps"]] == ["files"]
    assert "not in gzip format" in record["steps"][0]["tail"]
    assert not (machine.root / f"ran-{digest}").exists()


def test_the_next_boot_starts_the_record_anew(machine: Machine, cloud: FakeCloud) -> None:
    machine.start()
    (machine.root / "proc/sys/kernel/random/boot_id").write_text("boot-2\n")

    machine.start()

    assert machine.record()["boot_id"] == "boot-2"
    assert cloud.record_when(lambda r: r["boot_id"] == "boot-2" and r["status"] == "ready")


def test_a_machine_without_configuration_says_so(machine: Machine, cloud: FakeCloud) -> None:
    del cloud.metadata["attributes/cluster-config"]

    done = machine.start()

    assert done.returncode == 1
    assert "cluster-config" in done.stderr
    assert cloud.uploads == []


def test_what_the_health_checks_found_is_reported_when_it_is_told(machine: Machine, cloud: FakeCloud) -> None:
    machine.start()
    assert "health" not in cloud.uploads[-1]["about"]["metadata"]
    failed = {"name": "aznhc", "status": "failed", "detail": "check_gpu_count: 7 of 8", "time": "2026-11-25T10:00:00Z"}
    found = {"verdict": "unhealthy", "host": "host-7", "checks": [failed]}
    (machine.root / "var/lib/cluster/health.json").write_text(json.dumps(found))

    done = machine.run(str(machine.root / "var/lib/cluster/bootstrap.sh"), "report")

    assert done.returncode == 0, done.stderr
    upload = cloud.uploads[-1]
    assert upload["about"]["metadata"]["health"] == "unhealthy"
    record = NodeRecord.from_json(upload["record"])
    assert (record.status, record.step) == ("ready", "done")
    assert (record.health.verdict, record.health.host) == ("unhealthy", "host-7")
    assert record.health.checks == (HealthCheck(**failed),)


def test_a_verdict_outlives_a_boot(machine: Machine, cloud: FakeCloud) -> None:
    machine.start()
    (machine.root / "var/lib/cluster/health.json").write_text('{"verdict": "healthy", "host": "", "checks": []}')

    machine.start()

    assert machine.record()["health"]["verdict"] == "healthy"
