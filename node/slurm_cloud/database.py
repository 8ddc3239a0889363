"""The password of a server of accounting: the controller sets its own there, so that nobody else ever has one.

https://learn.microsoft.com/rest/api/mysql/flexibleserver/servers/update (read 2026-12-01)
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from node.slurm_cloud.http import Reply, failure_of, patiently, send
from node.slurm_cloud.identity import MANAGEMENT
from node.slurm_power.azure import ENDPOINT

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import DatabaseServer
    from node.slurm_cloud.identity import Identity

VERSION = "2023-12-30"
"""The API version that azurerm 5.2.0 uses."""
LIMIT = float(os.environ.get("SLURM_DATABASE_LIMIT", "600"))
"""Seconds: the identity's role may take minutes to act, and a server that is being changed is busy."""


def set_password(server: DatabaseServer, password: str, identity: Identity) -> None:
    """Have the server take this password of its user's. Raises CallFailed."""
    url = f"{ENDPOINT}{server.server}?api-version={VERSION}"
    body = json.dumps({"properties": {"administratorLoginPassword": password}}).encode()

    def send_it(token: str) -> Reply:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return send("PATCH", url, headers, body)

    def call() -> None:
        reply = identity.answered(send_it, MANAGEMENT)
        if reply.status >= 300:
            raise failure_of("setting the password of", url, reply)

    patiently(LIMIT, call)
