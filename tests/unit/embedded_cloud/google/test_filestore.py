"""Filestore's instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import PROJECT

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

HOST = "file.googleapis.com"
PLACES = f"/v1/projects/{PROJECT}/locations"
ZONE = f"{PLACES}/us-central1-a/instances"
REGION = f"{PLACES}/us-central1/instances"


def server(tier: str = "BASIC_HDD", size: int = 1024, share: str = "share", **more: Any) -> dict[str, Any]:
    return {
        "tier": tier,
        "fileShares": [{"name": share, "capacityGb": str(size)}],
        "networks": [{"network": "default", "modes": ["MODE_IPV4"]}],
        **more,
    }


def test_a_server_is_made_with_an_address_of_its_own_and_goes(asked: Asked) -> None:
    for name in ("a", "b"):
        made = asked.json("POST", HOST, f"{ZONE}?instanceId={name}", server())
        assert made["done"]
        assert asked.json("GET", HOST, f"/v1/{made['name']}") == made
    found = [asked.json("GET", HOST, f"{ZONE}/{name}") for name in ("a", "b")]
    assert [each["state"] for each in found] == ["READY", "READY"]
    networks = [each["networks"][0] for each in found]
    assert len({each["ipAddresses"][0] for each in networks}) == 2
    assert len({each["reservedIpRange"] for each in networks}) == 2
    assert {each["connectMode"] for each in networks} == {"DIRECT_PEERING"}
    for name in ("a", "b"):
        asked.json("DELETE", HOST, f"{ZONE}/{name}")
    asked.json("GET", HOST, f"{ZONE}/a", status=404)


def test_one_list_holds_the_servers_of_all_places_by_label(asked: Asked) -> None:
    asked.json("POST", HOST, f"{ZONE}?instanceId=a", server(labels={"team": "x"}))
    asked.json("POST", HOST, f"{REGION}?instanceId=b", server("ENTERPRISE", labels={"team": "x"}))
    asked.json("POST", HOST, f"{REGION}?instanceId=c", server("REGIONAL"))
    listed = asked.json("GET", HOST, f'{PLACES}/-/instances?filter=labels.team="x"')["instances"]
    assert [each["name"].rpartition("/")[2] for each in listed] == ["a", "b"]
    here = asked.json("GET", HOST, ZONE)["instances"]
    assert [each["name"] for each in here] == [f"{ZONE}/a".removeprefix("/v1/")]


@pytest.mark.parametrize(
    ("place", "body", "told"),
    [
        (ZONE, server("BASIC_SSD", 1024), "2560 to 65434"),
        (ZONE, server("ZONAL", 10_000), "1024 to 9984"),
        (REGION, server("ENTERPRISE", 11_000), "1024 to 10240"),
        (ZONE, server("ENTERPRISE"), "not a region"),
        (REGION, server("BASIC_HDD"), "not a zone"),
        (ZONE, server(share="a_share_of_17_abc"), "1 to 16 characters"),
        (ZONE, server(networks=[{"network": "none", "modes": ["MODE_IPV4"]}]), "network 'none' does not exist"),
        (ZONE, server(networks=[]), "one network"),
        (ZONE, server(tier="SLOW"), "tier"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_filestore_can_not_make_is_refused(asked: Asked, place: str, body: dict[str, Any], told: str) -> None:
    assert told in asked.json("POST", HOST, f"{place}?instanceId=a", body, status=400)["error"]["message"]


def test_names_are_taken_once_and_follow_the_rules(asked: Asked) -> None:
    asked.json("POST", HOST, f"{ZONE}?instanceId=a", server())
    asked.json("POST", HOST, f"{ZONE}?instanceId=a", server(), status=409)
    asked.json("POST", HOST, f"{ZONE}?instanceId=A", server(), status=400)


def test_a_server_grows_in_place_and_a_basic_one_never_shrinks(asked: Asked) -> None:
    asked.json("POST", HOST, f"{ZONE}?instanceId=a", server(labels={"team": "x"}))
    asked.json("PATCH", HOST, f"{ZONE}/a?updateMask=fileShares,labels", server(size=2048))
    found = asked.json("GET", HOST, f"{ZONE}/a")
    assert found["fileShares"] == [{"name": "share", "capacityGb": "2048"}]
    assert "labels" not in found
    asked.json("PATCH", HOST, f"{ZONE}/a?updateMask=fileShares", server(size=1024), status=400)
    asked.json("PATCH", HOST, f"{ZONE}/a?updateMask=fileShares", server(size=2048, share="other"), status=400)


def test_a_protected_server_stays(asked: Asked) -> None:
    asked.json("POST", HOST, f"{ZONE}?instanceId=a", server(deletionProtectionEnabled=True))
    asked.json("DELETE", HOST, f"{ZONE}/a", status=400)
    asked.json("GET", HOST, f"{ZONE}/a")
