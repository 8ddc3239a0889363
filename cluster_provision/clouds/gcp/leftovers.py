"""Finds a cluster's remains in a project: by the cluster's label, and unlabelled ones by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.clouds.gcp.resources import leftover, unprotecting
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.parallel import at_once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.result import Leftover

LABELLED = ("instances", "disks", "addresses")
POOL = r"(?P<pool>[a-z][a-z0-9]*-)"
"""Of a pool of Slurm's, in whose name is no hyphen (settings/readers/slurm/cloud_partitions.py); or of another cluster,
unless the description says otherwise."""

NETWORK_PART = r"dpl-[a-z]+(-[0-9]+)?"


@dataclass(frozen=True)
class UnlabelledKind:
    """A kind of resource without labels: its collection, and how its names continue after "<prefix>-".

    `everywhere` is false for a kind that belongs to no region or zone.
    """

    collection: str
    names: str
    everywhere: bool = True


KINDS = (
    UnlabelledKind("instanceGroupManagers", rf"(head-|{POOL})?mig"),
    UnlabelledKind("networks", NETWORK_PART, everywhere=False),
    UnlabelledKind("subnetworks", NETWORK_PART),
    UnlabelledKind("firewalls", NETWORK_PART, everywhere=False),
    UnlabelledKind("routers", NETWORK_PART),
    UnlabelledKind("addresses", NETWORK_PART),
    UnlabelledKind("resourcePolicies", rf"{POOL}?(placement|workload)"),
)
"""The patterns match whole names: one cluster's prefix may be the beginning of another's."""

CLUSTER = re.compile(r"\bcluster ([a-z0-9-]+)")
"""Terraform's modules name the cluster so in the descriptions of all that they make."""


class GcpLeftovers(GoogleApi):
    """Searches the whole project, so that it also finds remains of an earlier ZONE."""

    def labelled(self, label: str) -> list[Leftover]:
        """Return what has the cluster's label: instances, disks and addresses everywhere, and instance templates."""
        return _leftovers(self._labelled(label))

    def protected_machines(self, label: str) -> list[Leftover]:
        """Return the cluster's machines that somebody has protected against deletion, and how that is lifted."""
        machines = self._everywhere("instances", {"filter": f'labels.{CLUSTER_LABEL}="{label}"'})
        return [unprotecting(leftover(str(each["selfLink"]))) for each in machines if each.get("deletionProtection")]

    def named(self, prefix: str) -> list[Leftover]:
        """Return unlabelled resources with names that this tool gives to a cluster of this `prefix`."""
        every = at_once([partial(self._named, kind, prefix) for kind in KINDS])
        return [found for each in every for found in _leftovers(each)]

    def oldest(self, label: str, prefix: str) -> datetime | None:
        """Return when the oldest of all these was made, or None where there is nothing.

        The data disk of a Slurm controller doesn't count: it may outlive the cluster that it was made for.
        """
        every = at_once([partial(self._labelled, label), *(partial(self._named, kind, prefix) for kind in KINDS)])
        counted = [item for items in every for item in items if item.get("name") != f"{prefix}-controller-data"]
        made = [datetime.fromisoformat(str(item["creationTimestamp"])) for item in counted]
        return min(made, default=None)

    def _labelled(self, label: str) -> list[dict[str, Any]]:
        query = {"filter": f'labels.{CLUSTER_LABEL}="{label}"'}
        every = at_once([partial(self._everywhere, kind, query) for kind in LABELLED])
        return [item for items in (*every, self._own_templates(label)) for item in items]

    def _own_templates(self, label: str) -> list[dict[str, Any]]:
        """Return the cluster's templates. The label of a template's machines identifies it: no filter finds its own."""
        url = f"{COMPUTE}/projects/{self._project}/global/instanceTemplates"
        templates = self._pages("GET", url, "looking for remaining instance templates", "items")
        return [t for t in templates if t.get("properties", {}).get("labels", {}).get(CLUSTER_LABEL) == label]

    def _named(self, kind: UnlabelledKind, prefix: str) -> list[dict[str, Any]]:
        query = {"filter": f'name eq "{prefix}-.*"'}
        if kind.everywhere:
            items = self._everywhere(kind.collection, query)
        else:
            url = f"{COMPUTE}/projects/{self._project}/global/{kind.collection}"
            items = list(self._pages("GET", url, f"looking for remaining {kind.collection}", "items", query))
        own = re.compile(f"{prefix}-({kind.names})")
        return [item for item in items if (found := own.fullmatch(item["name"])) and _is_own(item, prefix, found)]

    def _everywhere(self, collection: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return those in all of the project's regions or zones."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/{collection}"
        pages = self._raw_pages("GET", url, f"looking for remaining {collection}", query)
        return [
            item for page in pages for scope in page.get("items", {}).values() for item in scope.get(collection, [])
        ]


def _is_own(item: dict[str, Any], prefix: str, name: re.Match[str]) -> bool:
    """Whether its description names no other cluster: a-head-mig is the head of a, or the machines of a-head."""
    named = CLUSTER.search(str(item.get("description", "")))
    return named[1] == prefix if named is not None else not name.groupdict().get("pool")


def _leftovers(items: Iterable[dict[str, Any]]) -> list[Leftover]:
    return sorted((leftover(str(item["selfLink"])) for item in items), key=lambda each: (each.kind, each.name))
