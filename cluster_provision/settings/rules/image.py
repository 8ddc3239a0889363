"""Which image the machines boot from."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.settings.draft import Draft, Finding
from cluster_provision.settings.image_families import (
    CURRENT_FAMILIES,
    DEFAULT_FAMILY,
    DEFAULT_PROJECT,
    OLD_PROJECT,
    SUCCESSORS,
)


def image(draft: Draft) -> Finding:
    """The image's name or family, and its project; an old default gives way to its successor."""
    settings = draft.settings
    named = {"image_family_name", "image_name"} & draft.given
    if len(named) == 2:
        return Finding(("IMAGE_FAMILY_NAME and IMAGE_NAME are both set; set one of them",))
    if not draft.good("image_family_name", "image_name", "image_project"):
        return Finding()
    project = settings.image_project
    if settings.image_name:
        return Finding(settings=replace(settings, image_project=project or OLD_PROJECT))
    family = settings.image_family_name
    public = project in {None, OLD_PROJECT, DEFAULT_PROJECT}
    if family is None and not public:
        return Finding((f"IMAGE_PROJECT={project} needs IMAGE_FAMILY_NAME or IMAGE_NAME, an image that it holds",))
    successor = DEFAULT_FAMILY if family is None else SUCCESSORS.get(family)
    if successor is not None and public:
        given = "the documented default image family" if family is None else f"IMAGE_FAMILY_NAME={family}"
        note = f"{given} can't be had any more; the machines boot from {successor} of {DEFAULT_PROJECT}"
        if family is None:
            note = (
                f"the machines boot from {successor} of {DEFAULT_PROJECT}: the default that the old tool documented "
                "(pytorch-1-12-gpu-debian-10) can't be had any more"
            )
        return Finding(
            notes=(note,),
            settings=replace(settings, image_family_name=successor, image_project=DEFAULT_PROJECT),
        )
    holds = DEFAULT_PROJECT if family in CURRENT_FAMILIES else OLD_PROJECT
    return Finding(settings=replace(settings, image_project=project or holds))
