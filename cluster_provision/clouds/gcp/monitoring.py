"""Cloud Monitoring's dashboards: finds the cluster's own."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.clouds.gcp.api import GoogleApi
from cluster_provision.labels import CLUSTER_LABEL

MONITORING = "https://monitoring.googleapis.com/v1"


@dataclass(frozen=True)
class Dashboard:
    """`title` is what people see, `url` where they see it, `name` the full one, projects/<number>/dashboards/<id>."""

    title: str
    url: str
    name: str


class GcpMonitoring(GoogleApi):
    """Looks up dashboards of a project."""

    def dashboards(self, label: str, *, held: bool = False) -> list[Dashboard]:
        """Return the dashboards with the cluster's label; `held`: the state has one."""
        url = f"{MONITORING}/projects/{self._project}/dashboards"
        found = self._pages_if_on(url, "looking for the cluster's dashboards", "dashboards", held=held)
        return [
            Dashboard(str(each.get("displayName", "")), self._console(str(each["name"])), str(each["name"]))
            for each in found
            if each.get("labels", {}).get(CLUSTER_LABEL) == label
        ]

    def _console(self, name: str) -> str:
        """Return the address in Google's console of the dashboard of this name, projects/<number>/dashboards/<id>."""
        shown = f"https://console.cloud.google.com/monitoring/dashboards/builder/{name.rsplit('/', 1)[-1]}"
        return f"{shown}?project={self._project}"
