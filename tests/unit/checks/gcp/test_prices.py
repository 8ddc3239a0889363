"""What the kept table of prices says, and doesn't."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cluster_provision.checks.gcp.machine_pools import MachinePool
from cluster_provision.checks.gcp.price import price
from cluster_provision.checks.gcp.prices import price_of
from cluster_provision.clouds.gcp.catalogue import MachineFacts
from cluster_provision.errors import PermissionDenied, PriceError
from tests.unit.checks.gcp.subjects import subject

A2 = MachinePool("a2-highgpu-1g", "us-central1-a", 1, 1, "nvidia-tesla-a100", "pd-ssd", 73, external_address=True)
A100 = MachineFacts(12, 85, (("nvidia-tesla-a100", 1),))
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("name", "accelerators", "vcpus", "gib", "expected"),
    [
        # gcp price sheet of 2026-06-15, us-central1
        ("a2-highgpu-8g", ("nvidia-tesla-a100", 8), 96, 680, "29.38708"),
        ("a2-megagpu-16g", ("nvidia-tesla-a100", 16), 96, 1360, "55.739504"),
        ("a2-ultragpu-8g", ("nvidia-a100-80gb", 8), 96, 1360, "40.550383"),
        ("a3-highgpu-8g", ("nvidia-h100-80gb", 8), 208, 1872, "88.49"),
        ("a3-megagpu-8g", ("nvidia-h100-mega-80gb", 8), 208, 1872, "93.400713"),
        ("g2-standard-48", ("nvidia-l4", 4), 48, 192, "4.001665"),
        ("g4-standard-96", ("nvidia-rtx-pro-6000", 2), 96, 360, "9.00"),
    ],
)
def test_the_table_gives_the_price_sheets_prices(
    name: str, accelerators: tuple[str, int], vcpus: int, gib: float, expected: str
) -> None:
    machines = replace(A2, machine_type=name, accelerator=accelerators[0], gpus=accelerators[1])
    found = price_of(machines, MachineFacts(vcpus, gib, (accelerators,)))
    assert found.machine is not None
    assert abs(found.machine - Decimal(expected)) < CENT
    assert not found.most


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"zone": "europe-west6-a"}, A100),
        ({"machine_type": "a2-highgpu-1g-nolssd"}, A100),
        (
            {"machine_type": "a4-highgpu-8g", "accelerator": "nvidia-b200"},
            MachineFacts(224, 3968, (("nvidia-b200", 8),)),
        ),
        ({"machine_type": "n1-custom-8-1024", "gpus": 0}, MachineFacts(8, 1)),
        ({"machine_type": "n1-standard-8", "gpus": 1, "accelerator": "nvidia-new"}, MachineFacts(8, 30)),
        ({}, None),
    ],
    ids=str,
)
def test_a_machine_that_the_price_table_lacks_has_no_price(
    changes: dict[str, object], facts: MachineFacts | None
) -> None:
    assert price_of(replace(A2, **changes), facts).machine is None  # type: ignore[arg-type]


def test_only_what_is_on_demand_costs_what_the_list_says() -> None:
    assert price_of(replace(A2, model="spot"), A100).most
    assert price_of(replace(A2, model="reservation-bound"), A100).most


def test_a_disk_is_priced_by_the_month_where_its_price_is_known() -> None:
    assert price_of(A2, A100).disk == Decimal("0.17") * 73 / 730
    assert price_of(replace(A2, disk_type="hyperdisk-balanced"), A100).disk is None
    assert price_of(replace(A2, zone="europe-west4-a"), A100).disk is None


@pytest.mark.parametrize("limit", [None, Decimal(10)])
def test_a_price_that_a_refused_look_hides_says_so(limit: Decimal | None) -> None:
    def refuse(*_: str) -> None:
        raise PermissionDenied("looking up p/zones/us-central1-a/machineTypes/n1-standard-8: no")

    checked = subject(vm_type="n1-standard-8", max_hourly_cost=limit)
    checked.catalogue.machine_type = refuse  # type: ignore[method-assign, assignment]
    found = price(checked)
    assert found.checks[0].status == "unknown"
    assert "machineTypes/n1-standard-8: no" in found.checks[0].detail
    assert "table" not in found.checks[0].detail
    assert [type(each) for each in found.failures] == ([PriceError] if limit else [])


def test_a_price_is_numbers_with_what_they_are_the_sum_of() -> None:
    found = price(subject(instance_count=2)).price
    assert found is not None
    told = found.to_json()
    assert told["currency"] == "USD"
    assert [each["what"] for each in told["of"]] == ["2 x a2-highgpu-2g", "disks"]
    assert told["hourly"] == pytest.approx(sum(each["hourly"] for each in told["of"]), abs=0.001)
    assert told["at_most"] is False


def test_a_price_above_the_limit_is_told_once() -> None:
    found = price(subject(max_hourly_cost=Decimal(1)))
    assert found.price is not None
    (failure,) = found.failures
    assert failure.message.count("USD an hour") == 1
