"""The machine's own identity, whose tokens the metadata server gives."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from node.slurm_cloud.http import CallFailed, Reply, failure_of, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.slurm_cloud.place import Place

METADATA_HOST = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
IMDS_ENDPOINT = os.environ.get("IMDS_ENDPOINT", "http://169.254.169.254")
STORAGE, MANAGEMENT = "https://storage.azure.com/", "https://management.azure.com/"
"""What an Azure token is for."""
# A token is asked for anew this long before it ends (seconds).
EARLY = 120
UNAUTHORIZED = 401


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
        try:
            given = reply.json()
            token, until = str(given["access_token"]), time.time() + float(given["expires_in"])
        except (ValueError, KeyError, TypeError):
            raise CallFailed("asking for a token", 0, message="the metadata server's answer holds none") from None
        self._known[resource] = (token, until)
        return token

    def answered(self, call: Callable[[str], Reply], resource: str = STORAGE) -> Reply:
        """What a call answers that is given a token; once again with a new one where that is refused, since a token
        may end before its time. Raises CallFailed as the call does, and where the metadata server gives no token."""
        reply = call(self.token(resource))
        if reply.status == UNAUTHORIZED:
            self._known.clear()
            reply = call(self.token(resource))
        return reply

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
        if reply.status != 200:  # not what the call itself was answered: that is still unknown
            failed = failure_of("GET", url, reply)
            raise CallFailed("asking for a token", 0, message=str(failed), retry_after=failed.retry_after)
        return reply
