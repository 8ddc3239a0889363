"""Where Prometheus writes to besides its own disk, and the token that it does so with.

Debian 12's Prometheus (2.42) knows no managed identity; from 2.45 on it would. Every one reads a token from a file at
each write (prometheus.io/docs/prometheus/latest/configuration, authorization), which a timer keeps new.
"""

from __future__ import annotations

from typing import Any

from cluster_provision.slurm.plan import Command, File, Resource, Service

TOKEN = "/run/cluster-monitoring/token"  # noqa: S105 a file's name
UNIT = "cluster-metrics-token"
PROGRAM = "/usr/local/lib/cluster-provision/program/current"
_SERVICE = f"""# Written by cluster-provision.
[Unit]
Description=The token with which Prometheus writes to the cloud

[Service]
Type=oneshot
ExecStart=/usr/bin/env python3 -E -s -m node.slurm_cloud token
WorkingDirectory={PROGRAM}
TimeoutStartSec=60
"""
_TIMER = """# Written by cluster-provision.
[Unit]
Description=A new token for Prometheus in time

[Timer]
OnActiveSec=1
OnUnitActiveSec=300
AccuracySec=5

[Install]
WantedBy=timers.target
"""


def resources() -> list[Resource]:
    """The units. They come after Prometheus' package, whose user gets the file."""
    service, timer = (f"/etc/systemd/system/{UNIT}.{kind}" for kind in ("service", "timer"))
    return [
        File(service, _SERVICE),
        File(timer, _TIMER),
        Command("read the token's units again", ("systemctl", "daemon-reload"), unless=("true",), reads=(service,)),
        Service(f"{UNIT}.timer", restart_on=(timer, service)),
    ]


def configuration(url: str) -> list[dict[str, Any]]:
    """Prometheus' own part on it."""
    return [{"url": url, "authorization": {"credentials_file": TOKEN}}]
