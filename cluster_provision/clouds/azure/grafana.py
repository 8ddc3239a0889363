"""The Grafana that Azure manages: its own API, for which one has a role on it.

https://learn.microsoft.com/azure/managed-grafana/how-to-api-calls, grafana.com/docs/grafana/latest/developers/http_api
(dashboard, data_source, folder; read 2026-12-01)
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady, PermissionDenied, Refused, UnexpectedError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCOPE = "ce34e7e5-485f-4d76-964f-b3d2b16d1e4f/.default"
"""Whom a token is for: Azure Managed Grafana, in every directory."""
# It is given the caller's access token: another host must never get that.
HOST = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*\.grafana\.azure\.com")
TIMEOUT_SECONDS = (10, 30)
"""Seconds to connect, and to answer."""
THERE = (409, 412)
"""What a folder answers that is there already."""


@dataclass(frozen=True)
class Grafana:
    """Grafana at an address; `access_token` gives a token for SCOPE."""

    address: str
    access_token: Callable[[], str]

    def put_dashboards(self, dashboards: Mapping[str, str], folder: str, source: str, own: str) -> None:
        """Put dashboards, JSON texts by name, into a folder of this name, in the place of those that are there.

        Where they ask the data source of the uid `own`, they are to ask the one whose name is `source`. Raises NotReady
        while Grafana has none, and PermissionDenied where it doesn't let the caller do it, which a new role takes
        minutes for.
        """
        sources = self._call("GET", "/api/datasources")
        uid = next((str(each.get("uid")) for each in sources if each.get("name") == source), "")
        if not uid:
            raise NotReady(f"Grafana has no data source {source} yet", "Run Create again in some minutes.")
        key = re.sub(r"[^a-z0-9-]", "-", folder.lower())
        self._call("POST", "/api/folders", {"uid": key, "title": folder}, fine=THERE)
        for text in dashboards.values():
            dashboard = {**json.loads(text.replace(json.dumps(own), json.dumps(uid))), "id": None}
            self._call("POST", "/api/dashboards/db", {"dashboard": dashboard, "folderUid": key, "overwrite": True})

    def dashboards(self) -> list[str]:
        """The uids of all dashboards that the caller sees. Raises as `put_dashboards` does."""
        return [str(each.get("uid")) for each in self._call("GET", "/api/search?type=dash-db&limit=1000")]

    def _call(self, verb: str, path: str, body: Any = None, *, fine: tuple[int, ...] = ()) -> Any:
        import requests

        if not HOST.fullmatch(self.address.lower()):
            raise UnexpectedError(f"Grafana is at {self.address or 'no address'}, not below grafana.azure.com")
        doing = f"{verb} {self.address}{path}"
        headers = {"Authorization": f"Bearer {self.access_token()}"}
        try:
            answer = requests.request(
                verb,
                f"{self.address}{path}",
                json=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            raise Unreachable(f"{doing}: {type(failure).__name__}", "Run the same command again later.") from None
        if answer.status_code in (401, 403):
            told = f"{doing}: HTTP {answer.status_code}: Grafana doesn't let this account in"
            raise PermissionDenied(told, "It needs the role Grafana Admin on it (docs/monitoring.md).")
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unreachable(f"{doing}: HTTP {answer.status_code}", "Run the same command again later.")
        if answer.status_code >= 300 and answer.status_code not in fine:
            raise Refused(f"{doing}: HTTP {answer.status_code}", "Grafana refuses this as it is.")
        try:
            return answer.json()
        except ValueError:
            raise Unreachable(f"{doing}: the answer is no JSON", "Run the same command again later.") from None
