"""The machine's own identity, whose tokens the metadata server gives."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from node.slurm_cloud.http import Reply, failure_of, send

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place

METADATA_HOST = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
IMDS_ENDPOINT = os.environ.get("IMDS_ENDPOINT", "http://169.254.169.254")
STORAGE, MANAGEMENT = "https://storage.azure.com/", "https://management.azure.com/"
"""What an Azure token is for."""
# A token is asked for anew this long before it ends (seconds).
EARLY = 120


@dataclass
class Identity:
    """The tokens of one machine. Google's are for everything that its account may do."""

    place: Place
    _known: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    def token(self, resource: str = STORAGE) -> str:
        """A token that is good now. Raises CallFailed where the metadata server gives none."""
        token, until = self._known.get(resource, ("", 0.0))
        if time.time() < until - EARLY:
            return token
        reply = self._ask(resource)
        given = reply.json()
        token = str(given["access_token"])
        self._known[resource] = (token, time.time() + float(given["expires_in"]))
        return token

    def forget(self) -> None:
        """Have the next call ask anew: a token may have been taken back before its end."""
        self._known.clear()

    def _ask(self, resource: str) -> Reply:
        if self.place.cloud == "azure":
            url = f"{IMDS_ENDPOINT}/metadata/identity/oauth2/token?api-version=2018-02-01"
            url += f"&resource={quote(resource, '')}"
            url += f"&msi_res_id={quote(self.place.identity, '')}" if self.place.identity else ""
            headers = {"Metadata": "true"}
        else:
            url = f"http://{METADATA_HOST}/computeMetadata/v1/instance/service-accounts/default/token"
            headers = {"Metadata-Flavor": "Google"}
        reply = send("GET", url, headers, direct=True)
        if reply.status != 200:
            raise failure_of("GET", url, reply)
        return reply
