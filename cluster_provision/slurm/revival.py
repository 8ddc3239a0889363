"""Daemons that are killed or crash are started again; their packages' units leave them dead."""

from __future__ import annotations

from cluster_provision.slurm.plan import Command, File, Resource

# on-abnormal (systemd.service(5)): by a signal, such as that of the kernel that is out of memory. One that ends by
# itself, since it can't read its configuration say, has failed, and says why.
_DROP_IN = """# Written by cluster-provision.
[Unit]
StartLimitIntervalSec=0

[Service]
Restart=on-abnormal
RestartSec=2
"""


def revived(service: str) -> list[Resource]:
    """What a service's unit has besides; it stands before the service."""
    path = f"/etc/systemd/system/{service}.service.d/cluster-provision.conf"
    again = Command(
        f"systemd knows how {service} ends", ("systemctl", "daemon-reload"), unless=("true",), reads=(path,)
    )
    return [File(path, _DROP_IN), again]
