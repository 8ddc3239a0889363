"""Which zone is tried next."""

import pytest

from cluster_provision.errors import CapacityError, QuotaError
from cluster_provision.provisioners.terraform.place import _next_zone

ROOM = CapacityError("STOCKOUT: no")
SHORT = QuotaError("Quota 'NVIDIA_A100_GPUS' exceeded. Limit: 0.0 in region us-a1.")
NOWHERE = QuotaError("Quota 'GPUS_ALL_REGIONS' exceeded. Limit: 0.0 globally.")
ZONES = ("us-a1-a", "us-a1-b", "eu-b1-a")


@pytest.mark.parametrize(
    ("refused", "following"),
    [
        ({"us-a1-a": ROOM}, "us-a1-b"),
        ({"us-a1-b": ROOM}, "us-a1-a"),
        ({"us-a1-a": SHORT}, "eu-b1-a"),
        ({"us-a1-a": ROOM, "us-a1-b": SHORT}, "eu-b1-a"),
        ({"us-a1-a": NOWHERE}, None),
        ({"us-a1-a": ROOM, "us-a1-b": ROOM, "eu-b1-a": ROOM}, None),
    ],
)
def test_room_leads_to_the_next_zone_and_quota_to_the_next_region(refused: dict, following: str | None) -> None:
    assert _next_zone(ZONES, lambda zone: zone.rpartition("-")[0], refused) == following
