"""Facts about Azure's images that follow from their names; other images have none.

Sources: github.com/Azure/azhpc-images, README of 2026-07-29, for the HPC images (2404-gb is for GB200 and GB300, which
are Arm machines; the disk is of 64 GB), and its issue 298 (2023-11) for their drivers; Canonical's offers
0001-com-ubuntu-server-*, of which a SKU is of generation 1 unless its name says gen2 or arm64, and ubuntu-*-lts, of
which a SKU of generation 1 says gen1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.readers.azure.images import AzureImage

if TYPE_CHECKING:
    from typing import TypeAlias

Architecture: TypeAlias = Literal["x64", "arm64", ""]
ARM_IMAGE = AzureImage("microsoft-dsvm", "ubuntu-hpc", "2404-gb", "latest")
HPC_DISK_GB = 64
_HPC = ("microsoft-dsvm", "ubuntu-hpc")
_ALMA_HPC = ("almalinux", "almalinux-hpc")  # from the same project


def architecture_of(image: AzureImage) -> Architecture:
    """Return the processors that the image is for; empty where its name doesn't say."""
    if "arm64" in image.sku.casefold():
        return "arm64"
    if (image.publisher.casefold(), image.offer.casefold()) == _HPC:
        return "arm64" if image.sku.casefold().endswith("-gb") else "x64"
    return ""


def generation_of(image: AzureImage) -> int:
    """Return the generation of virtual machines that the image boots on; 0 where its name doesn't say."""
    sku = image.sku.casefold()
    if re.search("gen-?2", sku):
        return 2
    if re.search("gen-?1", sku):
        return 1
    if (image.publisher.casefold(), image.offer.casefold()) == _HPC:
        return 2
    ubuntu = image.publisher.casefold() == "canonical" and image.offer.casefold().startswith("0001-com-ubuntu-server-")
    return 1 if ubuntu and "arm64" not in sku else 0


def least_disk_of(image: AzureImage) -> int:
    """Return the size of the image's own disk in GB; 0 where unknown."""
    return HPC_DISK_GB if (image.publisher.casefold(), image.offer.casefold()) == _HPC else 0


def drivers_are_unsigned(image: AzureImage) -> bool:
    """Whether Secure Boot is known to refuse the image's GPU drivers."""
    return (image.publisher.casefold(), image.offer.casefold()) in (_HPC, _ALMA_HPC)
