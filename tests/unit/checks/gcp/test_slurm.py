"""What a Slurm cluster needs and costs: what is on after Create counts, and what there can be is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.checks.gcp.demand import demands
from cluster_provision.checks.gcp.machine_pools import to_make, wanted
from cluster_provision.checks.gcp.price import price
from cluster_provision.checks.gcp.slurm_price import hourly, standing_hourly
from cluster_provision.settings.gcp.slurm_machines import SlurmMachine
from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartitions
from tests.unit.checks.gcp.subjects import REGION, ZONE, subject

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject

PARTITIONS = CloudPartitions().read("hpc:Nodes=8,On=2;cpu:Nodes=4,MachineType=n1-standard-8")


def slurm(*present: tuple[str, str], **settings: Any) -> GcpSubject:
    given = {
        "orchestrator_type": "slurm",
        "controller_type": "n1-standard-8",
        "login_count": 1,
        "partitions": PARTITIONS,
        "instance_count": 2,
        "max_nodes": 8,
        "disk_size_gb": 100,
        "disk_type": "pd-balanced",
        **settings,
    }
    return subject(*present, **given)


def amounts(asked: GcpSubject, *, later: bool = False) -> dict[str, int]:
    return {d.metric: d.amount for d in demands(asked, ZONE, later=later)}


def test_controller_logins_and_the_nodes_that_are_on_count() -> None:
    pools = [(p.machine_type, p.count, p.possible) for p in wanted(slurm(), ZONE)]
    assert pools == [
        ("n1-standard-8", 1, 1),
        ("n1-standard-8", 1, 1),
        ("a2-highgpu-2g", 2, 8),
        ("n1-standard-8", 0, 4),
    ]


def test_the_demand_is_that_of_what_is_on_and_later_that_of_all() -> None:
    now, later = amounts(slurm()), amounts(slurm(), later=True)
    assert (now["INSTANCES"], later["INSTANCES"]) == (4, 14)
    assert (now["NVIDIA_A100_GPUS"], later["NVIDIA_A100_GPUS"]) == (4, 16)


def test_machines_that_are_there_are_not_made_again() -> None:
    there = ((ZONE, "n1-standard-8"), (ZONE, "n1-standard-8"), (ZONE, "a2-highgpu-2g"))
    assert [count for _, count in to_make(slurm(*there), ZONE)] == [0, 0, 1, 0]


def test_the_price_is_of_what_is_on_and_a_note_says_what_all_would_cost() -> None:
    found = price(slurm())
    assert found.checks[0].status == "ok"
    assert "2 x n1-standard-8, 2 x a2-highgpu-2g" in found.checks[0].detail
    assert "with all nodes on that there can be" in found.notes[0]


def test_the_hourly_limit_is_for_what_is_on_alone() -> None:
    found = price(slurm(max_hourly_cost=Decimal(20)))
    assert not found.failures
    assert "MAX_HOURLY_COST=20 keeps them from being on all at once" in found.notes[0]
    assert price(slurm(max_hourly_cost=Decimal(1))).failures


def test_the_data_disk_is_priced_by_its_size() -> None:
    told = price(slurm(data_disk_gb=73_000)).checks[0].detail
    without = price(slurm(data_disk_gb=0)).checks[0].detail
    costs, less = (Decimal(each.partition(" USD")[0]) for each in (told, without))
    assert costs - less == Decimal(10)
    assert "data disk" not in told
    assert price(slurm(data_disk_gb=73_000, max_hourly_cost=costs - 1)).failures


def test_what_stands_costs_by_its_machines_and_the_data_disk() -> None:
    settings = slurm(login_count=2, data_disk_gb=7300).settings
    each = hourly(settings, REGION, SlurmMachine("n1-standard-8", disk_gb=100))
    assert each is not None
    assert standing_hourly(settings, REGION) == pytest.approx(3 * each + 1.0, abs=0.001)


@pytest.mark.parametrize(("there", "added"), [(0, 256), (200, 56), (256, 0), (300, 0)])
def test_quotas_must_have_room_for_what_the_data_disk_grows_by(there: int, added: int) -> None:
    nothing = slurm(login_count=0, partitions=(), instance_count=0, data_disk_gb=256)
    boot = amounts(replace(nothing, data_disk_gb=256))["SSD_TOTAL_GB"]
    assert amounts(replace(nothing, data_disk_gb=there))["SSD_TOTAL_GB"] - boot == added


def test_another_place_has_no_data_disk_yet() -> None:
    asked = replace(slurm(data_disk_gb=256), data_disk_gb=256)
    here, there = ({d.metric: d.amount for d in demands(asked, zone)}["SSD_TOTAL_GB"] for zone in (ZONE, "us-east1-b"))
    assert there - here == 256


def test_a_machines_price_is_that_of_the_tables_with_its_disk() -> None:
    settings = slurm().settings
    whole = hourly(settings, REGION, SlurmMachine("a2-highgpu-2g", "nvidia-tesla-a100", 2))
    assert whole is not None
    assert 7.34 < whole < 7.5
    assert hourly(settings, REGION, SlurmMachine("a3-edgegpu-8g", "nvidia-h100-80gb", 8)) is None
