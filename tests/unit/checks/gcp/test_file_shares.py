"""Create deletes no data without being told to: those of file shares, and those of a Slurm controller's disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.checks.gcp.file_shares import file_shares
from cluster_provision.state.base import HeldInstance
from tests.unit.checks.gcp.subjects import ZONE, subject

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding

DISK = HeldInstance("google_compute_disk", "", {"name": "demo-controller-data", "zone": ZONE, "size": 100})


def found(zone: str = ZONE, **settings: Any) -> Finding:
    about = subject(orchestrator_type="slurm", **settings)
    return file_shares(replace(about, zone=zone, facts=replace(about.facts, instances=(DISK,))))


@pytest.mark.parametrize("size", [100, 200])
def test_a_disk_that_stays_or_grows_is_no_loss(size: int) -> None:
    assert [each.status for each in found(data_disk_gb=size).checks] == ["ok"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"zone": "us-central1-b"}, "zone us-central1-a becomes us-central1-b"),
        ({"data_disk_gb": 50}, "size of 100 GB becomes 50 (DATA_DISK_GB)"),
    ],
)
def test_a_change_that_replaces_the_data_disk_is_refused(change: dict[str, Any], told: str) -> None:
    (failure,) = found(**{"data_disk_gb": 100, **change}).failures
    assert "replaces disk demo-controller-data with an empty one" in failure.message
    assert told in failure.message


def test_delete_file_shares_lets_the_data_disk_be_replaced() -> None:
    allowed = found("us-central1-b", data_disk_gb=100, delete_file_shares=True)
    assert not allowed.failures
    assert "demo-controller-data" in allowed.notes[0]
