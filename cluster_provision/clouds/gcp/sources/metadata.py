"""The metadata server of a Google Cloud machine, which hands out the tokens of the machine's own account."""

from __future__ import annotations

import http.client
import os

FLAVOR = "Metadata-Flavor"
ADDRESS = "169.254.169.254"
SECONDS = 1.0
"""A metadata server answers within this time; elsewhere packets to its address may vanish without an answer."""


def metadata_host() -> str:
    """Return its name or address, with a port other than 80."""
    return os.environ.get("GCE_METADATA_HOST") or os.environ.get("GCE_METADATA_IP") or ADDRESS


def metadata_server_answers() -> bool:
    """Ask it once, without any proxy. NO_GCE_CHECK=true means that there is none."""
    if os.environ.get("NO_GCE_CHECK", "").lower() == "true":
        return False
    connection = http.client.HTTPConnection(metadata_host(), timeout=SECONDS)
    try:
        connection.request("GET", "/", headers={FLAVOR: "Google"})
        return connection.getresponse().getheader(FLAVOR) == "Google"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
