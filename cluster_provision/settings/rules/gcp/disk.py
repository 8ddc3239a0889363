"""The rule that the machine type must support the boot disk."""

from __future__ import annotations

from dataclasses import replace

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult

# The old tool's default. Old env files name it even where the machines would get it anyway.
DOCUMENTED = "pd-ssd"


def boot_disk(draft: Draft) -> RuleResult:
    """Keep DISK_TYPE. If VM_TYPE doesn't support the documented default, use the best one that it supports."""
    if not draft.good("vm_type", "disk_type"):
        return RuleResult()
    settings = draft.settings
    disks = machine_type(settings.vm_type).disks
    if not disks or settings.disk_type in disks:
        return RuleResult()
    if settings.disk_type != DOCUMENTED:
        return RuleResult(
            (f"DISK_TYPE={settings.disk_type}: VM_TYPE {settings.vm_type} boots only from {', '.join(disks)}",)
        )
    given = f"DISK_TYPE={DOCUMENTED}" if "disk_type" in draft.given else f"{DOCUMENTED} (DISK_TYPE's default)"
    note = f"VM_TYPE={settings.vm_type} can't boot from {given}; the machines boot from {disks[0]}"
    return RuleResult(notes=(note,), settings=replace(settings, disk_type=disks[0]))
