"""Instance templates and dashboards that carry the cluster's label and that no state knows: a killed run's.

Their names are made up anew by each run, so no later run meets them; the label says whose they are.
"""

from __future__ import annotations

from datetime import datetime

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.deletion import GoogleDeletion
from cluster_provision.clouds.gcp.leftovers import GcpLeftovers
from cluster_provision.clouds.gcp.monitoring import MONITORING, GcpMonitoring
from cluster_provision.errors import PermissionDenied, UnexpectedError

OWN = "A machine of cluster "
"""How the description of a template of Terraform's begins: GKE's own templates carry the cluster's label, too."""


class GcpOrphans(GcpLeftovers, GcpMonitoring, GoogleDeletion):
    """Deletes them, once Terraform is through."""

    def remove_orphans(self, label: str, prefix: str, since: datetime) -> list[str]:
        """Those that are gone now, in words. What is from before `since` is another state's and stays, and so does
        what a group uses or one may not delete: the look for leftovers names it. A dashboard has no date: it stays
        where anything else of a cluster with this label, whose names begin with `prefix`, is from before."""
        gone = [f"instance template {name}" for name in self._templates(label, since) if self._template_gone(name)]
        try:
            dashboards = self.dashboards(label)
        except PermissionDenied:
            dashboards = []
        if dashboards and (self.oldest(label, prefix) or since) < since:
            dashboards = []
        return gone + [f"dashboard {d.title}" for d in dashboards if self._dashboard_gone(d.name)]

    def _templates(self, label: str, since: datetime) -> list[str]:
        own = [t for t in self._own_templates(label) if str(t.get("description", "")).startswith(OWN)]
        return [str(t["name"]) for t in own if datetime.fromisoformat(str(t["creationTimestamp"])) >= since]

    def _template_gone(self, name: str) -> bool:
        try:
            self._delete(f"global/instanceTemplates/{name}")
        except (PermissionDenied, UnexpectedError):
            return False
        return True

    def _dashboard_gone(self, name: str) -> bool:
        try:
            self._call("DELETE", f"{MONITORING}/{name}", f"deleting {name.rsplit('/', 1)[-1]}")
        except NotFound:
            return True
        except (PermissionDenied, UnexpectedError):
            return False
        return True
