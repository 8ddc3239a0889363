"""Images and their families: what a project holds, where that is known; elsewhere every well-formed name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute import resources
from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.failure import not_found

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

DATE = "20260801"
FAMILY_OF_IMAGE = re.compile(r"(.+?)-v\d{8}(?:-\w+)?")
# Release notes of Deep Learning VM Images, 2026-04-13: the others are deprecated, and a family's look-up skips those.
FAMILIES = {
    "deeplearning-platform-release": (
        "common-cu129-ubuntu-2204-nvidia-580",
        "common-cu129-ubuntu-2404-nvidia-580",
        "pytorch-2-9-cu129-ubuntu-2204-nvidia-580",
        "pytorch-2-9-cu129-ubuntu-2404-nvidia-580",
    )
}


def get(call: Call, _p: str, project: str, _g: str, _i: str, name: str) -> Body:
    """images.get; deprecated images are there, too."""
    known = _known(call, project)
    if known is None:
        family = FAMILY_OF_IMAGE.fullmatch(name)
        return _image(project, {"name": name, **({"family": family.group(1)} if family else {})})
    found = next((each for each in known if each["name"] == name), None)
    if found is None:
        raise not_found("/".join(call.resource))
    return _image(project, found)


def of_family(call: Call, _p: str, project: str, _g: str, _i: str, _f: str, family: str) -> Body:
    """images.getFromFamily: the newest image of the family that isn't deprecated."""
    known = _known(call, project)
    if known is None:
        return _image(project, _newest(family))
    found = [each for each in known if each.get("family") == family and not _deprecated(each)]
    if not found:
        raise not_found("/".join(call.resource))
    return _image(project, max(found, key=lambda each: str(each["name"])))


def listing(call: Call, _p: str, project: str, *_: str) -> Body:
    """images.list, of the known images."""
    return resources.listing(call, [_image(project, each) for each in _known(call, project) or ()])


def _known(call: Call, project: str) -> list[dict[str, Any]] | None:
    """The project's images; None where it isn't known which there are."""
    told = call.context.conditions.images(project)
    if told is not None:
        return told
    families = FAMILIES.get(project)
    return None if families is None else [_newest(family) for family in families]


def _newest(family: str) -> dict[str, Any]:
    return {"name": f"{family}-v{DATE}", "family": family}


def _deprecated(image: dict[str, Any]) -> bool:
    return str(image.get("deprecated", {}).get("state", "ACTIVE")) != "ACTIVE"


def _image(project: str, given: dict[str, Any]) -> Body:
    path = f"projects/{project}/global/images/{given['name']}"
    more = {"status": "READY", "sourceType": "RAW", "diskSizeGb": "50", "archiveSizeBytes": "0"}
    return {**existing("image", path, **more, architecture="X86_64", labelFingerprint="42WmSpB8rSM="), **given}
