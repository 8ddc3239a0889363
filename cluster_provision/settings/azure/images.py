"""Facts about IMAGE that follow from its name, by the table in cloud_facts; other images have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure import images
from cluster_provision.settings.readers.azure.images import AzureImage

if TYPE_CHECKING:
    from cloud_facts.azure.images import Architecture

ARM_IMAGE = AzureImage("microsoft-dsvm", "ubuntu-hpc", "2404-gb", "latest")

SLURM_IMAGE = AzureImage("microsoft-dsvm", "ubuntu-hpc", "2404", "latest")
"""The default with Slurm: that of Ubuntu 22.04 is older than what works."""


def architecture_of(image: AzureImage) -> Architecture:
    """Return the processors that the image is for; empty where its name doesn't say."""
    return images.architecture_of(image.publisher, image.offer, image.sku)


def generation_of(image: AzureImage) -> int:
    """Return the generation of virtual machines that the image boots on; 0 where its name doesn't say."""
    return images.generation_of(image.publisher, image.offer, image.sku)


def least_disk_of(image: AzureImage) -> int:
    """Return the size of the image's own disk in GB; 0 where unknown."""
    return images.offer_of(image.publisher, image.offer).disk_gb


def drivers_are_unsigned(image: AzureImage) -> bool:
    """Whether Secure Boot is known to refuse the image's GPU drivers."""
    return images.offer_of(image.publisher, image.offer).unsigned_drivers
