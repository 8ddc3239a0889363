"""What goes with a machine size on Azure: image, security type, mode, zones and number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.azure.images import (
    ARM_IMAGE,
    architecture_of,
    drivers_are_unsigned,
    generation_of,
    least_disk_of,
)
from cluster_provision.settings.azure.machine_types import nearest, size
from cluster_provision.settings.draft import AzureDraft, AzureFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.azure.settings import AzureSettings

# learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups (2026-05-19); 300 by
# support (setup-infiniband.md, 2026-09-25), which nobody else has.
MOST_IN_A_PLACEMENT_GROUP = 100
MOST_OF_A_MANAGED_IMAGE = 600
"""In uniform mode, of an image that is in no gallery: the same page."""


def known_size(draft: AzureDraft) -> AzureFinding:
    """Say what isn't known of a size that the table doesn't have."""
    if not draft.good("sku") or size(draft.settings.sku):
        return AzureFinding()
    sku = draft.settings.sku
    near = nearest(sku)
    meant = f" (is {near} meant?)" if near else ""
    note = (
        f"SKU={sku} is not in this version's table of sizes{meant}: its GPUs, InfiniBand, local disks and price aren't "
        "known beforehand, and ORCH_MODE isn't chosen by them"
    )
    return AzureFinding(notes=(note,))


def mode(draft: AzureDraft) -> AzureFinding:
    """Where ORCH_MODE is unset, uniform for InfiniBand, which Azure documents in a single placement group alone, and
    for Trusted Launch, which provider azurerm 5.2.0 has no argument for in a flexible scale set."""
    if not draft.good("sku", "orch_mode", "security_type"):
        return AzureFinding()
    settings = draft.settings
    if "orch_mode" not in draft.given:
        uniform = settings.infiniband or settings.security_type != "standard"
        return AzureFinding(settings=replace(settings, orch_mode="uniform" if uniform else "flexible"))
    if settings.orch_mode == "flexible" and settings.infiniband:
        note = (
            f"ORCH_MODE=flexible with SKU={settings.sku}: Azure promises InfiniBand in ORCH_MODE=uniform alone, where "
            "it works within one placement group. Benchmark shows whether it does here"
        )
        return AzureFinding(notes=(note,))
    return AzureFinding()


def number(draft: AzureDraft) -> AzureFinding:
    """A single placement group holds 100 machines, and a uniform scale set of an image without a gallery 600."""
    if not draft.good("sku", "orch_mode", "instance_count", "image"):
        return AzureFinding()
    settings = draft.settings
    managed = settings.orch_mode == "uniform" and settings.image.in_no_gallery
    if managed and settings.instance_count > MOST_OF_A_MANAGED_IMAGE and not settings.single_placement_group:
        return AzureFinding(
            (
                f"INSTANCE_COUNT={settings.instance_count}: a uniform scale set of an image that is in no gallery "
                f"holds at most {MOST_OF_A_MANAGED_IMAGE} machines; put the image into a gallery, or leave ORCH_MODE "
                "out",
            )
        )
    if not settings.single_placement_group or settings.instance_count <= MOST_IN_A_PLACEMENT_GROUP:
        return AzureFinding()
    return AzureFinding(
        (
            f"INSTANCE_COUNT={settings.instance_count}: a single placement group, which InfiniBand of SKU="
            f"{settings.sku} needs in ORCH_MODE=uniform, holds at most {MOST_IN_A_PLACEMENT_GROUP} machines; set "
            f"INSTANCE_COUNT to {MOST_IN_A_PLACEMENT_GROUP} or less, or ORCH_MODE=flexible",
        )
    )


def zones(draft: AzureDraft) -> AzureFinding:
    """InfiniBand doesn't reach from one zone to another."""
    if not draft.good("sku", "zones") or len(draft.settings.zones) < 2 or not draft.settings.infiniband:
        return AzureFinding()
    settings = draft.settings
    return AzureFinding(
        (
            f"ZONES={','.join(settings.zones)}: the InfiniBand of SKU={settings.sku} connects machines of one zone "
            "alone; name one zone, or none",
        )
    )


def image(draft: AzureDraft) -> AzureFinding:
    """The image must be of the machines' architecture and generation, and its disk must hold it."""
    if not draft.good("sku", "image"):
        return AzureFinding()
    settings = draft.settings
    known = size(settings.sku)
    if known and known.arm and "image" not in draft.given:
        note = f"SKU={settings.sku} is an Arm machine; it boots from {ARM_IMAGE.text}"
        return AzureFinding(notes=(note,), settings=replace(settings, image=ARM_IMAGE))
    return AzureFinding(tuple(_image_problems(draft)))


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
            f"{' and '.join(map(str, known.generation))}; choose an image of that (its name often ends with gen2)"
        )
    least = least_disk_of(settings.image)
    if draft.good("os_disk_size") and settings.os_disk_size < least:
        yield f"OS_DISK_SIZE={settings.os_disk_size} is smaller than {named}, which has {least} GB; set {least} or more"


def security(draft: AzureDraft) -> AzureFinding:
    """Trusted Launch isn't for every size, wants images of generation 2, and can be asked for in one mode alone."""
    if not draft.good("sku", "security_type", "image", "orch_mode") or draft.settings.security_type == "standard":
        return AzureFinding()
    settings = draft.settings
    known = size(settings.sku)
    problems = []
    if known and not known.trusted_launch:
        problems.append(
            f"SECURITY_TYPE=trusted-launch: Azure leaves SKU={settings.sku} out of it; set SECURITY_TYPE=standard"
        )
    if settings.orch_mode == "flexible":
        problems.append(
            "SECURITY_TYPE=trusted-launch with ORCH_MODE=flexible is not in this version: Terraform's provider can't "
            "ask for it; set ORCH_MODE=uniform, or leave it out"
        )
    if generation_of(settings.image) == 1:
        problems.append(
            f"SECURITY_TYPE=trusted-launch needs an image of generation 2, and IMAGE={settings.image.text} is of 1"
        )
    return AzureFinding(tuple(problems), _without_drivers(settings))


def _without_drivers(settings: AzureSettings) -> tuple[str, ...]:
    known = size(settings.sku)
    if (known and not known.gpus) or not drivers_are_unsigned(settings.image):
        return ()
    return (
        f"Warning: SECURITY_TYPE=trusted-launch loads signed drivers alone, and those of IMAGE={settings.image.text} "
        "are not signed: the machines would show no GPU. Name an image whose drivers are, or leave SECURITY_TYPE out",
    )


def terms(draft: AzureDraft) -> AzureFinding:
    """Say where there are no terms to accept."""
    if not draft.good("image", "accept_terms") or not draft.settings.accept_terms or not draft.settings.image.id:
        return AzureFinding()
    return AzureFinding(notes=("ACCEPT_TERMS=yes has no effect: IMAGE is one of your own, not of the marketplace",))


def price(draft: AzureDraft) -> AzureFinding:
    """Only spot machines are bid for."""
    if not draft.good("provisioning_model", "max_price"):
        return AzureFinding()
    settings = draft.settings
    if settings.max_price is None or settings.provisioning_model == "spot":
        return AzureFinding()
    return AzureFinding(
        (
            f"MAX_PRICE={settings.max_price} is for spot machines, and PROVISIONING_MODEL={settings.provisioning_model}"
            " has a fixed price: set PROVISIONING_MODEL=spot, or MAX_HOURLY_COST to limit what the cluster may cost",
        )
    )
