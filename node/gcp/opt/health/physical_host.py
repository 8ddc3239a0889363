"""The physical machine's name, for those who repair it.

Google tells it of machines in reserved blocks, and of those with a placement or workload policy:
https://docs.cloud.google.com/ai-hypercomputer/docs/manage/instance-topology (2026-04-06).
"""

from __future__ import annotations

import json
import os
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEY = "computeMetadata/v1/instance/attributes/physical_host_topology"
SECONDS = 5


def physical_host(root: Path) -> str:
    """The host's id; empty where Google doesn't tell it. No proxy can answer for the metadata server."""
    server = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    asked = urllib.request.Request(f"http://{server}/{KEY}", headers={"Metadata-Flavor": "Google"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=SECONDS) as answer:
            return str(json.loads(answer.read()).get("host") or "")
    except (OSError, ValueError, AttributeError):
        return ""
