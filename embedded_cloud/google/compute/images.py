"""Images and their families.

conditions.json may tell what a project holds. Of Google's own projects the families are known, and how their images are
named; any other project is the user's, and has whatever is asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.images import image_projects
from embedded_cloud.google.compute import resources
from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.failure import not_found

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

DATE = "20260801"
"""Of the images that families stand for: which day's they are today isn't known."""

DISK_GIB = 50
"""Where nothing is known of an image's disk."""

FAMILY_OF_IMAGE = re.compile(r"(.+?)-v\d{8}(?:-\w+)?")
# How images of public projects are named: with the day they were made, or, Container-Optimized OS, with their build.
NAME_OF_PUBLIC_IMAGE = re.compile(r".+-v\d{8}(?:-.+)?|cos-.+-\d+(?:-\d+){2,}")


def get(call: Call, _p: str, project: str, _g: str, _i: str, name: str) -> Body:
    """images.get; deprecated images are there, too."""
    told = call.context.conditions.images(project)
    if told is None and (project not in image_projects() or NAME_OF_PUBLIC_IMAGE.fullmatch(name)):
        family = FAMILY_OF_IMAGE.fullmatch(name)
        return _image(project, {"name": name, **({"family": family.group(1)} if family else {})})
    found = next((each for each in _known(call, project) or () if each["name"] == name), None)
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
    public = image_projects().get(project)
    return None if public is None else [_newest(family) for family in public.families]


def _newest(family: str) -> dict[str, Any]:
    return {"name": f"{family}-v{DATE}", "family": family}


def _deprecated(image: dict[str, Any]) -> bool:
    return str(image.get("deprecated", {}).get("state", "ACTIVE")) != "ACTIVE"


def _image(project: str, given: dict[str, Any]) -> Body:
    path = f"projects/{project}/global/images/{given['name']}"
    public = image_projects().get(project)
    disk = (public.disk_gib if public else 0) or DISK_GIB
    more = {"status": "READY", "sourceType": "RAW", "diskSizeGb": str(disk), "archiveSizeBytes": "0"}
    processors = "ARM64" if "arm64" in f"{given['name']} {given.get('family', '')}" else "X86_64"
    return {**existing("image", path, **more, architecture=processors, labelFingerprint="42WmSpB8rSM="), **given}
