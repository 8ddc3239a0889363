"""Instance templates and dashboards that carry the cluster's label and that no state knows: a killed run's.

Their names are made up anew by each run, so no later run meets them; the label says whose they are.
"""

from __future__ import annotations

from datetime import datetime

from cluster_provision.clouds.gcp_leftovers import GcpLeftovers
from cluster_provision.clouds.gcp_monitoring import MONITORING, GcpMonitoring
from cluster_provision.clouds.google_api import COMPUTE, NotFound
from cluster_provision.errors import PermissionDenied, UnexpectedError


class GcpOrphans(GcpLeftovers, GcpMonitoring):
    """Deletes them, once Terraform is through."""

    def remove_orphans(self, label: str, since: datetime) -> list[str]:
        """Those that are gone now, in words. Templates from before `since` are another state's and stay, and so does
        what a group uses or one may not delete: the look for leftovers names it."""
        url = f"{COMPUTE}/projects/{self._project}/global/instanceTemplates"
        gone = [f"instance template {name}" for name in self._templates(label, since) if self._gone(f"{url}/{name}")]
        try:
            dashboards = self.dashboards(label)
        except PermissionDenied:
            dashboards = []
        return gone + [f"dashboard {d.title}" for d in dashboards if self._gone(f"{MONITORING}/{d.name}")]

    def _templates(self, label: str, since: datetime) -> list[str]:
        made = (
            (str(t["name"]), datetime.fromisoformat(str(t["creationTimestamp"]))) for t in self._own_templates(label)
        )
        return [name for name, at in made if at >= since]

    def _gone(self, url: str) -> bool:
        try:
            self._call("DELETE", url, f"deleting {url.rsplit('/', 1)[-1]}")
        except NotFound:
            return True
        except (PermissionDenied, UnexpectedError):
            return False
        return True
