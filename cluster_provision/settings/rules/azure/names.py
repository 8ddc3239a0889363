"""The cluster's names on Azure: NAME_PREFIX and VMSS_NAME default to each other, and the group's name follows."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.settings.draft import AzureDraft, AzureRuleResult
from cluster_provision.settings.readers.azure.names import NAME_PREFIX
from cluster_provision.settings.reading import BadValue


def names(draft: AzureDraft) -> AzureRuleResult:
    """Fill in the unset ones of NAME_PREFIX, VMSS_NAME and RESOURCE_GROUP."""
    if not draft.good("name_prefix", "vmss_name", "resource_group"):
        return AzureRuleResult()
    settings = draft.settings
    if not settings.name_prefix and not settings.vmss_name:
        problem = "neither NAME_PREFIX nor VMSS_NAME is set; the cluster needs a name, such as NAME_PREFIX=my-cluster"
        return AzureRuleResult((problem,), bad=frozenset({"name_prefix"}))
    prefix = settings.name_prefix or settings.vmss_name
    if not settings.name_prefix:
        try:
            NAME_PREFIX.read(prefix)
        except BadValue as bad:
            problem = (
                f"VMSS_NAME={prefix} names the cluster, since NAME_PREFIX is unset, and {bad}; set NAME_PREFIX too"
            )
            return AzureRuleResult((problem,), bad=frozenset({"name_prefix"}))
    filled = replace(
        settings,
        name_prefix=prefix,
        vmss_name=settings.vmss_name or prefix,
        resource_group=settings.resource_group or f"{prefix}-rg",
    )
    return AzureRuleResult(settings=filled)
