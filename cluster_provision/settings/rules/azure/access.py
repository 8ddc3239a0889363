"""Rules for access to the machines on Azure: ACCESS, ALLOWED_CIDRS and the keys."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, collapse_addresses

from cluster_provision.settings.draft import AzureDraft, AzureRuleResult

EVERYBODY = IPv4Network("0.0.0.0/0")


def access(draft: AzureDraft) -> AzureRuleResult:
    """Allow access from outside only to the addresses in ALLOWED_CIDRS."""
    if not draft.good("access", "allowed_cidrs"):
        return AzureRuleResult()
    settings, given = draft.settings, draft.given
    if "access" not in given and not settings.allowed_cidrs:
        note = (
            "ACCESS=private, since ALLOWED_CIDRS is unset: only hosts in the machines' virtual network can reach them. "
            "For ssh from your own host set ALLOWED_CIDRS to its address, such as 203.0.113.7"
        )
        return AzureRuleResult(notes=(note,), settings=replace(settings, access="private"))
    if "access" not in given:
        settings = replace(settings, access="head")
    if settings.access == "head" and not settings.allowed_cidrs:
        return AzureRuleResult(
            (
                "ACCESS=head needs ALLOWED_CIDRS, the addresses that may use ssh: set it to your own address or range, "
                "such as ALLOWED_CIDRS=203.0.113.7 (curl -s https://ifconfig.me shows it), or set ACCESS=private",
            )
        )
    if settings.access == "bastion":
        return _bastion(draft)
    if settings.access == "private" and settings.allowed_cidrs:
        return AzureRuleResult(
            (
                "ACCESS=private and ALLOWED_CIDRS exclude each other: with ACCESS=private the cluster has no address "
                "on the internet; remove one of the two",
            )
        )
    return AzureRuleResult(notes=_open_to_all(settings.allowed_cidrs), settings=settings)


def _bastion(draft: AzureDraft) -> AzureRuleResult:
    """Bastion lets in by roles, not by addresses; a scale set's machines keep the way in that they were made with."""
    problems = []
    if draft.orchestrator != "slurm":
        problems.append(
            f"ACCESS=bastion is for ORCHESTRATOR_TYPE=slurm in this version, not for {draft.orchestrator}: set "
            "ACCESS=head with ALLOWED_CIDRS, or ACCESS=private"
        )
    if draft.settings.allowed_cidrs:
        problems.append(
            "ACCESS=bastion and ALLOWED_CIDRS exclude each other: with ACCESS=bastion the machines have no address on "
            "the internet, and roles say who gets in; remove one of the two"
        )
    return AzureRuleResult(tuple(problems), settings=draft.settings)


def _open_to_all(cidrs: tuple[str, ...]) -> tuple[str, ...]:
    """Warn of the whole internet, as one range or as several that make it up."""
    if EVERYBODY not in collapse_addresses(map(IPv4Network, cidrs)):
        return ()
    return (f"Warning: ALLOWED_CIDRS={','.join(cidrs)} lets the whole internet try to log in to the head",)
