"""Rules for what fits a machine size on Azure: image, security type, mode, zones and number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_facts.azure.machine_types import MOST_IN_A_PLACEMENT_GROUP, size
from cluster_provision.settings.azure.images import (
    ARM_IMAGE,
    SLURM_IMAGE,
    architecture_of,
    drivers_are_unsigned,
    generation_of,
    least_disk_of,
)
from cluster_provision.settings.draft import AzureDraft, AzureRuleResult
from cluster_provision.settings.readers.azure.machine_types import nearest_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.azure.settings import AzureSettings

MOST_OF_A_MANAGED_IMAGE = 600
"""In uniform mode, for an image that is in no gallery:
learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups (2026-05-19)"""


def known_size(draft: AzureDraft) -> AzureRuleResult:
    """Report what isn't known about a size that the table lacks."""
    if not draft.good("sku") or size(draft.settings.sku):
        return AzureRuleResult()
    sku = draft.settings.sku
    near = nearest_size(sku)
    meant = f" (is {near} meant?)" if near else ""
    note = (
        f"SKU={sku} is not in this version's table of sizes{meant}: the tool doesn't know its GPUs, InfiniBand, local "
        "disks and price beforehand, and doesn't choose ORCH_MODE by them"
    )
    return AzureRuleResult(notes=(note,))


def mode(draft: AzureDraft) -> AzureRuleResult:
    """Choose ORCH_MODE if it is unset: uniform for InfiniBand and Trusted Launch, else flexible.

    Azure documents InfiniBand only in a single placement group. Provider azurerm 5.2.0 has no argument for Trusted
    Launch in a flexible scale set.
    """
    if not draft.good("sku", "orch_mode", "security_type"):
        return AzureRuleResult()
    settings = draft.settings
    if "orch_mode" not in draft.given:
        uniform = settings.infiniband or settings.security_type != "standard"
        return AzureRuleResult(settings=replace(settings, orch_mode="uniform" if uniform else "flexible"))
    if settings.orch_mode == "flexible" and settings.infiniband:
        note = (
            f"ORCH_MODE=flexible with SKU={settings.sku}: Azure promises InfiniBand only with ORCH_MODE=uniform, "
            "within one placement group. Benchmark shows whether it works here"
        )
        return AzureRuleResult(notes=(note,))
    return AzureRuleResult()


def number(draft: AzureDraft) -> AzureRuleResult:
    """Limit the machines: 100 in a single placement group, 600 in a uniform set with an image outside a gallery.

    Slurm's are in as many sets as it takes.
    """
    if draft.orchestrator == "slurm" or not draft.good("sku", "orch_mode", "instance_count", "image"):
        return AzureRuleResult()
    settings = draft.settings
    managed = settings.orch_mode == "uniform" and settings.image.in_no_gallery
    if managed and settings.instance_count > MOST_OF_A_MANAGED_IMAGE and not settings.single_placement_group:
        return AzureRuleResult(
            (
                f"INSTANCE_COUNT={settings.instance_count}: a uniform scale set with an image that is in no gallery "
                f"holds at most {MOST_OF_A_MANAGED_IMAGE} machines; put the image into a gallery, or leave ORCH_MODE "
                "out",
            )
        )
    if not settings.single_placement_group or settings.instance_count <= MOST_IN_A_PLACEMENT_GROUP:
        return AzureRuleResult()
    return AzureRuleResult(
        (
            f"INSTANCE_COUNT={settings.instance_count}: a single placement group, which InfiniBand of SKU="
            f"{settings.sku} needs in ORCH_MODE=uniform, holds at most {MOST_IN_A_PLACEMENT_GROUP} machines; set "
            f"INSTANCE_COUNT to {MOST_IN_A_PLACEMENT_GROUP} or less, or ORCH_MODE=flexible",
        )
    )


def zones(draft: AzureDraft) -> AzureRuleResult:
    """Refuse several zones for InfiniBand, which doesn't connect zones."""
    if not draft.good("sku", "zones") or len(draft.settings.zones) < 2 or not draft.settings.infiniband:
        return AzureRuleResult()
    settings = draft.settings
    return AzureRuleResult(
        (
            f"ZONES={','.join(settings.zones)}: the InfiniBand of SKU={settings.sku} connects only machines of one "
            "zone; name one zone, or none",
        )
    )


def image(draft: AzureDraft) -> AzureRuleResult:
    """Require an image of the machines' architecture and generation that fits on their disk."""
    if not draft.good("sku", "image"):
        return AzureRuleResult()
    settings = draft.settings
    known = size(settings.sku)
    if draft.orchestrator == "slurm" and "image" not in draft.given and not (known and known.arm):
        return AzureRuleResult(settings=replace(settings, image=SLURM_IMAGE))
    if known and known.arm and "image" not in draft.given:
        note = f"SKU={settings.sku} is an Arm machine; it boots from {ARM_IMAGE.text}"
        return AzureRuleResult(notes=(note,), settings=replace(settings, image=ARM_IMAGE))
    return AzureRuleResult(tuple(_image_problems(draft)))


def _image_problems(draft: AzureDraft) -> Iterator[str]:
    settings = draft.settings
    known, named = size(settings.sku), f"IMAGE={settings.image.text}"
    architecture, generation = architecture_of(settings.image), generation_of(settings.image)
    if known and architecture and (architecture == "arm64") != known.arm:
        other = f"set IMAGE={ARM_IMAGE.text}" if known.arm else "choose an image for x64"
        kind = "an Arm machine" if known.arm else "an x64 machine"
        yield f"{named} is for {architecture}, and SKU={settings.sku} is {kind}; {other}"
    if known and generation and generation not in known.generation:
        yield (
            f"{named} is of generation {generation}, and SKU={settings.sku} boots generation "
            f"{' and '.join(map(str, known.generation))}; choose an image of that generation (its name often ends with "
            "gen2)"
        )
    least = least_disk_of(settings.image)
    if draft.good("os_disk_size") and settings.os_disk_size < least:
        yield f"OS_DISK_SIZE={settings.os_disk_size} is smaller than {named}, which has {least} GB; set {least} or more"


def security(draft: AzureDraft) -> AzureRuleResult:
    """Check Trusted Launch: not every size has it, it needs an image of generation 2, and it works in one mode only."""
    if not draft.good("sku", "security_type", "image", "orch_mode") or draft.settings.security_type == "standard":
        return AzureRuleResult()
    settings = draft.settings
    known = size(settings.sku)
    problems = []
    if known and not known.trusted_launch:
        problems.append(
            f"SECURITY_TYPE=trusted-launch: Azure doesn't support it for SKU={settings.sku}; set SECURITY_TYPE=standard"
        )
    if settings.orch_mode == "flexible":
        problems.append(
            "SECURITY_TYPE=trusted-launch with ORCH_MODE=flexible is not in this version: Terraform's provider has no "
            "setting for it; set ORCH_MODE=uniform, or leave it out"
        )
    if generation_of(settings.image) == 1:
        problems.append(
            f"SECURITY_TYPE=trusted-launch needs an image of generation 2, and IMAGE={settings.image.text} is of "
            "generation 1"
        )
    return AzureRuleResult(tuple(problems), _without_drivers(settings))


def _without_drivers(settings: AzureSettings) -> tuple[str, ...]:
    known = size(settings.sku)
    if (known and not known.gpus) or not drivers_are_unsigned(settings.image):
        return ()
    return (
        f"Warning: SECURITY_TYPE=trusted-launch loads only signed drivers, and those of IMAGE={settings.image.text} "
        "are not signed: the machines would show no GPU. Name an image with signed drivers, or leave SECURITY_TYPE out",
    )


def terms(draft: AzureDraft) -> AzureRuleResult:
    """Report ACCEPT_TERMS where there are no terms to accept."""
    if not draft.good("image", "accept_terms") or not draft.settings.accept_terms or not draft.settings.image.id:
        return AzureRuleResult()
    return AzureRuleResult(notes=("ACCEPT_TERMS=yes has no effect: IMAGE is one of your own, not of the marketplace",))


def price(draft: AzureDraft) -> AzureRuleResult:
    """Refuse MAX_PRICE for machines that aren't spot machines."""
    if not draft.good("provisioning_model", "max_price"):
        return AzureRuleResult()
    settings = draft.settings
    if settings.max_price is None or settings.provisioning_model == "spot":
        return AzureRuleResult()
    return AzureRuleResult(
        (
            f"MAX_PRICE={settings.max_price} is for spot machines, and PROVISIONING_MODEL={settings.provisioning_model}"
            " has a fixed price: set PROVISIONING_MODEL=spot, or MAX_HOURLY_COST to limit what the cluster may cost",
        )
    )
