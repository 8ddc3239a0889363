"""Login nodes on Azure, started and stopped one by one; the way in leads to the first machine that is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.orchestrators.slurm.switched_off import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings
    from cluster_provision.targets.azure.head import HeadRule


def start(logins: Sequence[str], settings: AzureSettings, cloud: Azure, head_rule: HeadRule) -> str:
    """Start these login nodes; returns words on the way in where that changes it."""
    for name in logins:
        cloud.start_machine(settings.resource_group, name)
    return _led(settings, cloud, head_rule, lambda each: each.name in logins or is_on(each))


def stop(logins: Sequence[str], settings: AzureSettings, cloud: Azure, head_rule: HeadRule) -> str:
    """Stop these login nodes, whose disks stay; returns words on the way in where that changes it."""
    for name in logins:
        cloud.stop_machine(settings.resource_group, name)
    return _led(settings, cloud, head_rule, lambda each: each.name not in logins and is_on(each))


def _led(settings: AzureSettings, cloud: Azure, head_rule: HeadRule, on: Callable[[ScaleSetMachine], bool]) -> str:
    machines = cloud.single_machines(settings.resource_group, (*settings.login_names, settings.controller_name))
    head = next((each for each in machines if on(each)), None)
    changed = head is not None and head_rule.public and head_rule.lead_to(head)
    return f"; ssh from outside leads to {head.name} now" if head is not None and changed else ""
