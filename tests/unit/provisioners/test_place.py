"""Which zone is tried next."""

import pytest

from cluster_provision.errors import CapacityError, PlaceClosed, QuotaError
from cluster_provision.provisioners.terraform.place import _next_zone, _none_left

ROOM = CapacityError("STOCKOUT: no")
SHORT = QuotaError("Quota 'NVIDIA_A100_GPUS' exceeded. Limit: 0.0 in region us-a1.")
NOWHERE = QuotaError("Quota 'GPUS_ALL_REGIONS' exceeded. Limit: 0.0 globally.")
CLOSED = PlaceClosed("Permission denied on 'locations/us-a1'")
ZONES = ("us-a1-a", "us-a1-b", "eu-b1-a")


@pytest.mark.parametrize(
    ("refused", "following"),
    [
        ({"us-a1-a": ROOM}, "us-a1-b"),
        ({"us-a1-b": ROOM}, "us-a1-a"),
        ({"us-a1-a": SHORT}, "eu-b1-a"),
        ({"us-a1-a": ROOM, "us-a1-b": SHORT}, "eu-b1-a"),
        ({"us-a1-a": CLOSED}, "us-a1-b"),
        ({"us-a1-a": CLOSED, "us-a1-b": CLOSED}, "eu-b1-a"),
        ({"us-a1-a": NOWHERE}, None),
        ({"us-a1-a": ROOM, "us-a1-b": ROOM, "eu-b1-a": ROOM}, None),
    ],
)
def test_room_leads_to_the_next_zone_and_quota_to_the_next_region(refused: dict, following: str | None) -> None:
    assert _next_zone(ZONES, lambda zone: zone.rpartition("-")[0], refused) == following


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({"a": CLOSED, "b": CLOSED}, PlaceClosed),
        ({"a": CLOSED, "b": SHORT}, QuotaError),
        ({"a": CLOSED, "b": SHORT, "c": ROOM}, CapacityError),
    ],
)
def test_with_no_zone_left_the_run_ends_with_what_may_change_soonest(refused: dict, told: type[Exception]) -> None:
    assert type(_none_left(refused)) is told
