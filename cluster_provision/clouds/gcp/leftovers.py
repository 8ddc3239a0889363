"""What a project still has of a cluster: by the cluster's label, and by name what takes no labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.clouds.gcp.resources import leftover
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.parallel import at_once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.result import Leftover

LABELLED = ("instances", "disks", "addresses")
NETWORK_PART = r"dpl-[a-z]+(-[0-9]+)?"


@dataclass(frozen=True)
class Kind:
    """A kind that takes no labels: its collection, and how its names go on after "<prefix>-".

    `everywhere` is false for a kind that belongs to no region or zone.
    """

    collection: str
    names: str
    everywhere: bool = True


KINDS = (
    Kind("instanceGroupManagers", r"(head-)?mig"),
    Kind("networks", NETWORK_PART, everywhere=False),
    Kind("subnetworks", NETWORK_PART),
    Kind("firewalls", NETWORK_PART, everywhere=False),
    Kind("routers", NETWORK_PART),
    Kind("addresses", NETWORK_PART),
    Kind("resourcePolicies", r"placement|workload"),
)
"""Whole names alone: the prefix of one cluster may be the beginning of another's."""

CLUSTER = re.compile(r"\bcluster ([a-z0-9-]+)")
"""Where Terraform's modules name the cluster, in the descriptions of all that they make."""


class GcpLeftovers(GoogleApi):
    """Looks the whole project over, so that what an earlier ZONE left is found too."""

    def labelled(self, label: str) -> list[Leftover]:
        """What carries the cluster's label: instances, disks and addresses everywhere, and instance templates."""
        return _leftovers(self._labelled(label))

    def named(self, prefix: str) -> list[Leftover]:
        """What takes no labels and has a name that this tool gives, for the cluster whose names begin with `prefix`."""
        every = at_once([partial(self._named, kind, prefix) for kind in KINDS])
        return [found for each in every for found in _leftovers(each)]

    def oldest(self, label: str, prefix: str) -> datetime | None:
        """When the first of all that is there was made; None where nothing is."""
        every = at_once([partial(self._labelled, label), *(partial(self._named, kind, prefix) for kind in KINDS)])
        made = [datetime.fromisoformat(str(item["creationTimestamp"])) for items in every for item in items]
        return min(made, default=None)

    def _labelled(self, label: str) -> list[dict[str, Any]]:
        query = {"filter": f'labels.{CLUSTER_LABEL}="{label}"'}
        every = at_once([partial(self._everywhere, kind, query) for kind in LABELLED])
        return [item for items in (*every, self._own_templates(label)) for item in items]

    def _own_templates(self, label: str) -> list[dict[str, Any]]:
        """A template has no labels of its own that one could filter by: those of its machines tell."""
        url = f"{COMPUTE}/projects/{self._project}/global/instanceTemplates"
        templates = self._pages("GET", url, "looking for templates that are left", "items")
        return [t for t in templates if t.get("properties", {}).get("labels", {}).get(CLUSTER_LABEL) == label]

    def _named(self, kind: Kind, prefix: str) -> list[dict[str, Any]]:
        query = {"filter": f'name eq "{prefix}-.*"'}
        if kind.everywhere:
            items = self._everywhere(kind.collection, query)
        else:
            url = f"{COMPUTE}/projects/{self._project}/global/{kind.collection}"
            items = list(self._pages("GET", url, f"looking for {kind.collection} that are left", "items", query))
        own = re.compile(f"{prefix}-({kind.names})")
        return [item for item in items if own.fullmatch(item["name"]) and not _of_another(item, prefix)]

    def _everywhere(self, collection: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """Those in all of the project's regions or zones."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/{collection}"
        pages = self._raw_pages("GET", url, f"looking for {collection} that are left", query)
        return [
            item for page in pages for scope in page.get("items", {}).values() for item in scope.get(collection, [])
        ]


def _of_another(item: dict[str, Any], prefix: str) -> bool:
    """Whether it says that it is another cluster's: a-head-mig is the head of a, or the machines of a-head."""
    named = CLUSTER.search(str(item.get("description", "")))
    return named is not None and named[1] != prefix


def _leftovers(items: Iterable[dict[str, Any]]) -> list[Leftover]:
    return sorted((leftover(str(item["selfLink"])) for item in items), key=lambda each: (each.kind, each.name))
