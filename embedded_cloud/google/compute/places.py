"""Regions and zones: those that Google Cloud has, and no others."""

from __future__ import annotations

from cloud_facts.gcp.regions import regions, zones
from embedded_cloud.google.failure import invalid


def region_of(zone: str) -> str:
    """The zone's region. Raises ApiError where there is no such zone."""
    found = zones().get(zone)
    if found is None:
        raise invalid(f"Invalid value for field 'zone': '{zone}'. Unknown zone.")
    return found.name


def check_region(region: str) -> None:
    """Raise ApiError where there is no such region."""
    if region not in regions():
        raise invalid(f"Invalid value for field 'region': '{region}'. Unknown region.")


def zones_of(region: str) -> tuple[str, ...]:
    """The zones of a region that every project sees."""
    return regions()[region].zones


def seen_zones() -> tuple[str, ...]:
    """All zones that every project sees; the AI zones are there for whom names them."""
    return tuple(zone for region in regions().values() for zone in region.zones)
