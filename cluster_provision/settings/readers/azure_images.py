"""Images of Azure's: one of the marketplace, by its URN, or one of the user's, by its resource ID."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue

_PART = "[A-Za-z0-9][A-Za-z0-9_.-]*"
_VERSION = "latest|[0-9]+\\.[0-9]+\\.[0-9]+"
_GROUP = "/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/Microsoft\\.Compute"
_IMAGE_ID = f"{_GROUP}/images/[^/]+"
_GALLERY_ID = f"{_GROUP}/galleries/[^/]+/images/[^/]+(/versions/[^/]+)?"
_SHARED_ID = "/(sharedGalleries|communityGalleries)/[^/]+/images/[^/]+(/versions/[^/]+)?"


@dataclass(frozen=True)
class AzureImage:
    """An image of the marketplace (`publisher`, `offer`, `sku`, `version`), or one by its resource `id`."""

    publisher: str = ""
    offer: str = ""
    sku: str = ""
    version: str = ""
    id: str = ""

    @property
    def text(self) -> str:
        """As one writes it in an env file."""
        return self.id or ":".join((self.publisher, self.offer, self.sku, self.version))


class Image:
    """`publisher:offer:sku:version`, or a resource ID."""

    type_name = "image"
    allowed = (
        "a URN <publisher>:<offer>:<sku>:<version>, the version latest or in full (az vm image list --all), or the "
        "resource ID of an image, or of a gallery's image or image version"
    )
    spaces = "refused"

    def read(self, text: str) -> AzureImage:
        """The image."""
        if text.startswith("/"):
            if not any(re.fullmatch(pattern, text) for pattern in (_IMAGE_ID, _GALLERY_ID, _SHARED_ID)):
                raise BadValue(
                    "is no image's resource ID; it looks like /subscriptions/<id>/resourceGroups/<group>/providers/"
                    "Microsoft.Compute/images/<name> or .../Microsoft.Compute/galleries/<gallery>/images/<name>"
                    "[/versions/<version>]"
                )
            return AzureImage(id=text)
        parts = text.split(":")
        if len(parts) != 4 or not all(re.fullmatch(_PART, part) for part in parts[:3]):
            shape = f"it has {len(parts)} parts between colons, and needs 4; " if len(parts) != 4 else ""
            raise BadValue(f"is no image: {shape}give {self.allowed}")
        publisher, offer, sku, version = parts
        if not re.fullmatch(_VERSION, version):
            raise BadValue(f"has the version {version or '(nothing)'}; give latest, or one such as 22.04.2026082801")
        return AzureImage(publisher, offer, sku, version)

    def show(self, value: Any) -> str:
        """The URN or the resource ID."""
        return value.text if value else ""

    def schema(self) -> dict[str, Any]:
        """Both outlines."""
        ids = "|".join((_IMAGE_ID, _GALLERY_ID, _SHARED_ID))
        return {"pattern": f"^({_PART}:{_PART}:{_PART}:({_VERSION})|{ids})$"}
