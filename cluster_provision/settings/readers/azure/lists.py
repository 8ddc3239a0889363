"""Reads Azure's lists: availability zones, and ranges of addresses."""

from __future__ import annotations

import ipaddress
from typing import Any

from cluster_provision.settings.readers.lists import read_entries, twice
from cluster_provision.settings.reading import BadValue

ZONES = ("1", "2", "3")


class AvailabilityZones:
    """Availability zones of a region, over which the machines are spread."""

    type_name = "list of availability zones"
    allowed = "1, 2 and 3, one or several, separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[str, ...]:
        """Return the zones in the order of their numbers."""
        found = read_entries(text, _zone)
        if not found:
            raise BadValue("names no zone; allowed are 1, 2 and 3")
        doubles = twice(found)
        if doubles:
            raise BadValue(*(f"names zone {zone} twice; name each zone once" for zone in doubles))
        return tuple(sorted(found))

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^(\\s*[123]?\\s*(,|$))*$"}


class Cidrs:
    """Ranges of addresses, such as 203.0.113.0/24; a single address means only that one."""

    type_name = "list of address ranges"
    allowed = "IPv4 ranges such as 203.0.113.0/24 or addresses such as 203.0.113.7, separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[str, ...]:
        """Return the ranges, each once, in the order given."""
        found = read_entries(text, _cidr)
        if not found:
            raise BadValue(f"names no range; allowed are {self.allowed}")
        return tuple(dict.fromkeys(found))

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^(\\s*([0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?)?\\s*(,|$))*$"}


def _zone(entry: str) -> str:
    if entry not in ZONES:
        raise BadValue("is not an availability zone: allowed are 1, 2 and 3")
    return entry


def _cidr(entry: str) -> str:
    if entry in ("*", "Internet", "any"):
        raise BadValue("names no range: give the addresses that may log in, such as 203.0.113.0/24")
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        raise BadValue("is neither a range nor an address, such as 203.0.113.0/24 or 203.0.113.7") from None
    if network.version == 6:
        raise BadValue("is an IPv6 range, but the cluster has an IPv4 address: such a host can't reach it")
    if "/" in entry and str(network.network_address) != entry.partition("/")[0]:
        raise BadValue(f"has bits beyond its length: write {network}, or the address alone")
    return str(network)
