"""Rules for the image that the machines boot from."""

from __future__ import annotations

from dataclasses import replace

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult
from cluster_provision.settings.gcp.images import (
    DEFAULT_PROJECT,
    OLD_PROJECT,
    Successor,
    current_families,
    default_family,
    successor_of_family,
    successor_of_image,
)


def image(draft: Draft) -> RuleResult:
    """Fill in the image's name or family, and its project; a successor replaces an image that no longer works."""
    if len({"image_family_name", "image_name"} & draft.given) == 2:
        return RuleResult(("IMAGE_FAMILY_NAME and IMAGE_NAME are both set; set one of them",))
    if draft.orchestrator == "gke" or not draft.good("image_family_name", "image_name", "image_project"):
        return RuleResult()  # GKE's nodes boot from GKE's own images
    if draft.settings.image_name:
        return _image(draft, draft.settings.image_name)
    if draft.settings.image_family_name:
        return _family(draft, draft.settings.image_family_name)
    return _default(draft)


def architecture(draft: Draft) -> RuleResult:
    """Refuse images for x64 on Arm machines: none of the Deep Learning VM's families is for Arm."""
    if draft.orchestrator == "gke" or not draft.good("vm_type", "image_family_name", "image_name", "image_project"):
        return RuleResult()
    settings = draft.settings
    family = settings.image_family_name
    if not machine_type(settings.vm_type).arm or settings.image_name or family not in current_families():
        return RuleResult()
    default = "" if "image_family_name" in draft.given else " (the default)"
    return RuleResult(
        (
            f"VM_TYPE={settings.vm_type} is an Arm machine, and the images of {family}{default} are not for Arm; set "
            "IMAGE_FAMILY_NAME and IMAGE_PROJECT to a family for Arm",
        )
    )


def _image(draft: Draft, name: str) -> RuleResult:
    successor = successor_of_image(name) if _public(draft) else None
    if successor:
        return _in_place(draft, f"IMAGE_NAME={name}", successor)
    return RuleResult(settings=replace(draft.settings, image_project=draft.settings.image_project or OLD_PROJECT))


def _family(draft: Draft, family: str) -> RuleResult:
    successor = successor_of_family(family) if _public(draft) else None
    if successor:
        return _in_place(draft, f"IMAGE_FAMILY_NAME={family}", successor)
    holds = DEFAULT_PROJECT if family in current_families() else OLD_PROJECT
    return RuleResult(settings=replace(draft.settings, image_project=draft.settings.image_project or holds))


def _default(draft: Draft) -> RuleResult:
    if not _public(draft):
        project = draft.settings.image_project
        return RuleResult((f"IMAGE_PROJECT={project} needs IMAGE_FAMILY_NAME or IMAGE_NAME, an image of that project",))
    family = default_family(draft.orchestrator)
    if draft.orchestrator == "slurm":
        return RuleResult(settings=replace(draft.settings, image_family_name=family, image_project=DEFAULT_PROJECT))
    note = (
        f"IMAGE_FAMILY_NAME and IMAGE_NAME are unset: the machines boot from {family} of {DEFAULT_PROJECT} "
        "(ai-infra-cluster-provisioning's default, pytorch-1-12-gpu-debian-10, is gone)"
    )
    return _booting_from(draft, family, note)


def _public(draft: Draft) -> bool:
    """Whether the image is one of Google's: a user's project may hold any name."""
    return draft.settings.image_project in {None, OLD_PROJECT, DEFAULT_PROJECT}


def _in_place(draft: Draft, given: str, successor: Successor) -> RuleResult:
    family = successor.family
    if draft.orchestrator == "slurm":
        family = family.replace("ubuntu-2204", "ubuntu-2404")
    lacks = f", which has no {successor.lacks}: install it, or name an image that has it" if successor.lacks else ""
    note = f"{given} is no longer available; the machines boot from {family} of {DEFAULT_PROJECT}{lacks}"
    return _booting_from(draft, family, note)


def _booting_from(draft: Draft, family: str, note: str) -> RuleResult:
    settings = replace(draft.settings, image_family_name=family, image_name=None, image_project=DEFAULT_PROJECT)
    return RuleResult(notes=(note,), settings=settings)
