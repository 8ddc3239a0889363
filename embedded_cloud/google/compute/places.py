"""Regions and zones."""

from __future__ import annotations

import re

from embedded_cloud.google.failure import invalid

# Regions as of 2026 and the letters of their zones; a well-formed one that isn't here is taken to exist too.
REGIONS = {
    "us-central1": "abcf",
    "asia-east1": "abc",
    "asia-northeast1": "abc",
    "asia-northeast3": "abc",
    "asia-south1": "abc",
    "asia-southeast1": "abc",
    "australia-southeast1": "abc",
    "europe-west1": "bcd",
    "europe-west2": "abc",
    "europe-west3": "abc",
    "europe-west4": "abc",
    "me-west1": "abc",
    "northamerica-northeast1": "abc",
    "southamerica-east1": "abc",
    "us-east1": "bcd",
    "us-east4": "abc",
    "us-east5": "abc",
    "us-south1": "abc",
    "us-west1": "abc",
    "us-west4": "abc",
}
REGION = re.compile(r"[a-z]+-[a-z]+\d+")
ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z0-9]+")
ZONES = [f"{region}-{letter}" for region, letters in REGIONS.items() for letter in letters]


def region_of(zone: str) -> str:
    """The zone's region; raises ApiError for a name that can't be a zone's."""
    found = ZONE.fullmatch(zone)
    if not found:
        raise invalid(f"Invalid value for field 'zone': '{zone}'. Unknown zone.")
    return found.group(1)
