"""What a Slurm cluster needs and costs: what is on after Create counts, and what there can be is said."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.gcp.demand import demands
from cluster_provision.checks.gcp.machine_pools import to_make, wanted
from cluster_provision.checks.gcp.price import price
from cluster_provision.checks.gcp.slurm_price import hourly
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


def test_a_machines_price_is_that_of_the_tables_with_its_disk() -> None:
    settings = slurm().settings
    whole = hourly(settings, REGION, SlurmMachine("a2-highgpu-2g", "nvidia-tesla-a100", 2))
    assert whole is not None
    assert 7.34 < whole < 7.5
    assert hourly(settings, REGION, SlurmMachine("a3-edgegpu-8g", "nvidia-h100-80gb", 8)) is None
