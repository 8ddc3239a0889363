"""What a project still has of a cluster: by the cluster's label, and by name what takes no labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.at_once import at_once
from cluster_provision.clouds.google_api import COMPUTE, GoogleApi

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORK_PART = r"dpl-[a-z]+(-[0-9]+)?"


@dataclass(frozen=True)
class Kind:
    """A kind that takes no labels: what it is called, its collection, and how its names go on after "<prefix>-".

    `everywhere` is false for a kind that belongs to no region or zone.
    """

    called: str
    collection: str
    names: str
    everywhere: bool = True


KINDS = (
    Kind("instance group", "instanceGroupManagers", r"(head-)?mig"),
    Kind("network", "networks", NETWORK_PART, everywhere=False),
    Kind("subnetwork", "subnetworks", NETWORK_PART),
    Kind("firewall rule", "firewalls", NETWORK_PART, everywhere=False),
    Kind("router", "routers", NETWORK_PART),
    Kind("address", "addresses", NETWORK_PART),
    Kind("resource policy", "resourcePolicies", r"placement|workload"),
)
"""Whole names alone: the prefix of one cluster may be the beginning of another's."""


class GcpLeftovers(GoogleApi):
    """Looks the whole project over, so that what an earlier ZONE left is found too."""

    def labelled(self, label: str) -> list[str]:
        """What carries the cluster's label, as "<kind> <name>".

        Instances and disks in all zones, and instance templates.
        """
        found = []
        for kind in ("instances", "disks"):
            query = {"filter": f'labels.aiinfra-cluster="{label}"'}
            found += [f"{kind.removesuffix('s')} {name}" for name in self._everywhere(kind, query)]
        url = f"{COMPUTE}/projects/{self._project}/global/instanceTemplates"
        for template in self._pages("GET", url, "looking for templates that are left", "items"):
            if template.get("properties", {}).get("labels", {}).get("aiinfra-cluster") == label:
                found.append(f"instance template {template['name']}")
        return sorted(found)

    def named(self, prefix: str) -> list[str]:
        """What takes no labels and has a name that this tool gives, for the cluster whose names begin with `prefix`."""
        every = at_once([partial(self._named, kind, prefix) for kind in KINDS])
        return [line for lines in every for line in lines]

    def _named(self, kind: Kind, prefix: str) -> list[str]:
        query = {"filter": f'name eq "{prefix}-.*"'}
        if kind.everywhere:
            names = self._everywhere(kind.collection, query)
        else:
            url = f"{COMPUTE}/projects/{self._project}/global/{kind.collection}"
            pages = self._pages("GET", url, f"looking for {kind.collection} that are left", "items", query)
            names = (item["name"] for item in pages)
        own = re.compile(f"{prefix}-({kind.names})")
        return sorted(f"{kind.called} {name}" for name in names if own.fullmatch(name))

    def _everywhere(self, collection: str, query: dict[str, str]) -> Iterator[str]:
        """The names in all of the project's regions or zones."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/{collection}"
        for page in self._raw_pages("GET", url, f"looking for {collection} that are left", query):
            for scope in page.get("items", {}).values():
                yield from (item["name"] for item in scope.get(collection, []))
