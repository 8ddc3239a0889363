"""A node keeps its addresses from boot to boot, and nobody else gets them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from embedded_cloud.engine import names
from embedded_cloud.machines.addresses import FIRST, LAST, Seat, Seats
from embedded_cloud.machines.base import BootError

CLUSTER = cast("Any", SimpleNamespace(attrs={"IPAM": {"Config": [{"Subnet": "172.18.0.0/16"}]}}))


def node(instance_id: str, address: str) -> Any:
    on = {names.METADATA_NETWORK: {"IPAMConfig": {"IPv4Address": address}}}
    return SimpleNamespace(labels={names.LABEL_ID: instance_id}, attrs={"NetworkSettings": {"Networks": on}})


def test_nodes_sit_where_the_engine_puts_nobody_by_itself() -> None:
    assert Seats(()).take("1", CLUSTER) == Seat("172.18.128.2", "169.254.169.2")


def test_no_two_have_the_same_and_what_is_free_again_is_given_again() -> None:
    seats = Seats([node("old", "169.254.169.3")])
    assert [seats.take(each, CLUSTER).metadata for each in "ab"] == ["169.254.169.2", "169.254.169.4"]
    seats.free("old")
    assert seats.take("c", CLUSTER).metadata == "169.254.169.3"


def test_the_metadata_servers_own_address_is_never_given() -> None:
    seats = Seats(())
    given = {seats.take(str(number), CLUSTER).metadata for number in range(FIRST, LAST + 1)}
    assert "169.254.169.254" not in given
    with pytest.raises(BootError, match="252 nodes"):
        seats.take("one more", CLUSTER)
