"""The boot disk must be one that the machine type takes."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.settings.draft import Draft, Finding
from cluster_provision.settings.machine_types import machine_type


def boot_disk(draft: Draft) -> Finding:
    """DISK_TYPE as it is given, or the default that VM_TYPE takes."""
    if not draft.good("vm_type", "disk_type"):
        return Finding()
    settings = draft.settings
    disks = machine_type(settings.vm_type).disks
    if not disks or settings.disk_type in disks:
        return Finding()
    if "disk_type" in draft.given:
        return Finding(
            (f"DISK_TYPE={settings.disk_type}: VM_TYPE {settings.vm_type} boots only from {', '.join(disks)}",)
        )
    return Finding(settings=replace(settings, disk_type=disks[0]))
