"""Reads Azure's images: one of the marketplace by its URN, or one of the user's by its resource ID."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.azure.ids import GROUP, ResourceId
from cluster_provision.settings.reading import BadValue, shown

_PART = "[A-Za-z0-9][A-Za-z0-9_.-]*"
_VERSION = "latest|[0-9]+\\.[0-9]+\\.[0-9]+"
_IDS = (
    ResourceId(f"{GROUP}/Microsoft.Compute/images/<name>"),
    ResourceId(f"{GROUP}/Microsoft.Compute/galleries/<name>/images/<name>"),
    ResourceId(f"{GROUP}/Microsoft.Compute/galleries/<name>/images/<name>/versions/<name>"),
    ResourceId("/sharedGalleries/<name>/images/<name>"),
    ResourceId("/sharedGalleries/<name>/images/<name>/versions/<name>"),
    ResourceId("/communityGalleries/<name>/images/<name>"),
    ResourceId("/communityGalleries/<name>/images/<name>/versions/<name>"),
)


@dataclass(frozen=True)
class AzureImage:
    """An image of the marketplace (`publisher`, `offer`, `sku`, `version`), or one by its resource `id`."""

    publisher: str = ""
    offer: str = ""
    sku: str = ""
    version: str = ""
    id: str = ""

    @property
    def in_no_gallery(self) -> bool:
        """Whether it is a managed image, which is in no gallery."""
        return self.id.startswith("/subscriptions/") and "/galleries/" not in self.id

    @property
    def text(self) -> str:
        """The image as a user writes it in an env file."""
        return self.id or ":".join((self.publisher, self.offer, self.sku, self.version))


class Image:
    """`publisher:offer:sku:version`, or a resource ID."""

    type_name = "image"
    allowed = (
        "a URN <publisher>:<offer>:<sku>:<version>, the version latest or in full (`az vm image list --all "
        "--location <LOCATION> --subscription <SUBSCRIPTION_ID>`), or the resource ID of an "
        "image, or of a gallery's image or image version"
    )
    spaces = "refused"

    def read(self, text: str) -> AzureImage:
        if text.startswith("/"):
            found = next((known for known in (form.read(text) for form in _IDS) if known), "")
            if not found:
                raise BadValue(
                    "is not an image's resource ID; it looks like /subscriptions/<id>/resourceGroups/<group>/providers/"
                    "Microsoft.Compute/images/<name> or .../Microsoft.Compute/galleries/<gallery>/images/<name>"
                    "[/versions/<version>]"
                )
            return AzureImage(id=found)
        parts = text.split(":")
        if len(parts) != 4 or not all(re.fullmatch(_PART, part) for part in parts[:3]):
            shape = f"it has {_parts(len(parts))} between colons, and needs 4; " if len(parts) != 4 else ""
            raise BadValue(f"is not an image: {shape}give {self.allowed}")
        publisher, offer, sku, version = parts
        if not re.fullmatch(_VERSION, version):
            raise BadValue(
                f"has the version {shown(version) or '(nothing)'}; give latest, or one such as 22.04.2026082801"
            )
        return AzureImage(publisher, offer, sku, version)

    def show(self, value: Any) -> str:
        return value.text if value else ""

    def schema(self) -> dict[str, Any]:
        ids = "|".join(form.pattern for form in _IDS)
        return {"pattern": f"^({_PART}:{_PART}:{_PART}:({_VERSION})|{ids})$"}


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count} parts"
