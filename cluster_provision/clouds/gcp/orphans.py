"""Deletes a killed run's instance templates and dashboards, and a disk that was kept: no state knows them.

They have the cluster's label. Each run makes up new names for them, so only the label identifies them.
"""

from __future__ import annotations

from datetime import datetime

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.deletion import GoogleDeletion
from cluster_provision.clouds.gcp.leftovers import GcpLeftovers
from cluster_provision.clouds.gcp.monitoring import MONITORING, GcpMonitoring
from cluster_provision.errors import PermissionDenied, Refused

OWN = "A machine of cluster "
"""The description of a Terraform template begins so; GKE's own templates have the cluster's label, too."""


class GcpOrphans(GcpLeftovers, GcpMonitoring, GoogleDeletion):
    """Deletes them after Terraform has finished."""

    def remove_orphans(self, label: str, prefix: str, since: datetime) -> list[str]:
        """Delete them, and describe each deleted one.

        It keeps what was made before `since`, which belongs to another state, what a group uses, and what the caller
        may not delete; the search for leftovers names these. A dashboard has no date: it stays if anything else of the
        cluster (its label, or a name that begins with `prefix`) was made before `since`.
        """
        gone = [f"instance template {name}" for name in self._templates(label, since) if self._template_gone(name)]
        try:
            dashboards = self.dashboards(label)
        except PermissionDenied:
            dashboards = []
        if dashboards and (self.oldest(label, prefix) or since) < since:
            dashboards = []
        return gone + [f"dashboard {d.title}" for d in dashboards if self._dashboard_gone(d.name)]

    def remove_disk(self, zone: str, name: str) -> None:
        """Delete a disk that no machine has, and wait until it is gone."""
        self._delete(f"zones/{zone}/disks/{name}")

    def _templates(self, label: str, since: datetime) -> list[str]:
        own = [t for t in self._own_templates(label) if str(t.get("description", "")).startswith(OWN)]
        return [str(t["name"]) for t in own if datetime.fromisoformat(str(t["creationTimestamp"])) >= since]

    def _template_gone(self, name: str) -> bool:
        try:
            self._delete(f"global/instanceTemplates/{name}")
        except (PermissionDenied, Refused):
            return False
        return True

    def _dashboard_gone(self, name: str) -> bool:
        try:
            self._call("DELETE", f"{MONITORING}/{name}", f"deleting {name.rsplit('/', 1)[-1]}")
        except NotFound:
            return True
        except (PermissionDenied, Refused):
            return False
        return True
