"""Facts that are read anyway are compared: subnets of the default network, an image's size, zones that are closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from cluster_provision.checks.gcp.image import image
from cluster_provision.checks.gcp.location import zone
from cluster_provision.checks.gcp.network import network
from cluster_provision.clouds.gcp.catalogue import GcpCatalogue, ImageFacts, NetworkFacts
from cluster_provision.errors import PlaceClosed, SettingsError
from tests.unit.checks.gcp.subjects import subject
from tests.unit.clouds.gcp.sessions import Session

CLOSED = PlaceClosed("Permission denied on 'locations/me-central2' (or it may not exist).", "another region")


class Catalogue:
    """Has one image, one network, and closed zones."""

    def __init__(self, disk_gb: int = 0, found: NetworkFacts | None = None, closed: str = "me-") -> None:
        self._disk_gb, self._network, self._closed = disk_gb, found, closed

    def image(self, *_: Any, **__: Any) -> ImageFacts:
        return ImageFacts("tool-v1", disk_gb=self._disk_gb)

    def network(self, _: str) -> NetworkFacts | None:
        return self._network

    def has_zone(self, name: str) -> bool:
        if name.startswith(self._closed):
            raise CLOSED
        return True


def looked(check: Any, catalogue: Catalogue, **settings: Any) -> Any:
    asked = subject(**settings)
    place = settings.get("zone", (asked.zone,))[0]
    return check(replace(asked, catalogue=cast("Any", catalogue), zone=place))


@pytest.mark.parametrize(("size", "disk", "good"), [(100, 50, False), (50, 50, True), (50, 49, False), (0, 10, True)])
def test_a_disk_is_as_large_as_its_image(size: int, disk: int, good: bool) -> None:
    found = looked(image, Catalogue(size), disk_size_gb=disk, image_project="i", image_name="tool-v1")
    assert bool(found.failures) is not good
    if not good:
        assert isinstance(found.failures[0], SettingsError)
        assert f"DISK_SIZE_GB={disk}" in found.failures[0].message
        assert f"{size} GB" in found.failures[0].message


CUSTOM = NetworkFacts(automatic=False, regions=frozenset({"europe-west1"}))


@pytest.mark.parametrize(
    ("facts", "zones", "lacking"),
    [
        (NetworkFacts(automatic=True, regions=frozenset()), ("us-central1-a",), ""),
        (CUSTOM, ("europe-west1-b",), ""),
        (CUSTOM, ("us-central1-a",), "us-central1"),
        (CUSTOM, ("europe-west1-b", "us-central1-a"), "us-central1"),
    ],
)
def test_the_default_network_has_a_subnet_where_the_machines_are(
    facts: NetworkFacts, zones: tuple[str, ...], lacking: str
) -> None:
    found = looked(network, Catalogue(found=facts), zone=zones)
    assert bool(found.failures) is bool(lacking)
    if lacking:
        assert f"no subnet in {lacking}" in found.failures[0].message
        assert "NETWORK_CONFIG=new_network" in found.failures[0].message


def test_without_the_network_a_new_one_is_named() -> None:
    assert "new_network" in looked(network, Catalogue()).failures[0].message


class Answering(Session):
    """Answers with one network."""

    def __init__(self, **network: Any) -> None:
        super().__init__(object())
        self._network = network

    def json(self) -> dict[str, Any]:
        return self._network


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        (
            {
                "autoCreateSubnetworks": False,
                "subnetworks": ["https://x/projects/p/regions/europe-west1/subnetworks/eu"],
            },
            CUSTOM,
        ),
        ({"autoCreateSubnetworks": False}, NetworkFacts(automatic=False, regions=frozenset())),
        ({"autoCreateSubnetworks": True}, NetworkFacts(automatic=True, regions=frozenset())),
        ({"IPv4Range": "10.240.0.0/16"}, NetworkFacts(automatic=True, regions=frozenset())),
    ],
)
def test_a_network_tells_its_mode_and_regions(told: dict[str, Any], facts: NetworkFacts) -> None:
    assert GcpCatalogue(cast("Any", Answering(**told)), "p-1").network("default") == facts


def test_a_closed_zone_fails_and_as_an_alternative_is_a_note() -> None:
    found = looked(zone, Catalogue(), zone=("me-central2-a", "us-central1-a"))
    assert found.failures == (CLOSED,)
    found = looked(zone, Catalogue(), zone=("us-central1-a", "me-central2-a"))
    assert not found.failures
    assert "me-central2-a isn't open" in found.notes[0]
