"""One machine on Azure: its size, image, disk and user, and the scale set's mode."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.azure.images import AzureImage, Image
from cluster_provision.settings.readers.azure.machine_types import SizeName
from cluster_provision.settings.readers.azure.names import MACHINE_PREFIX, Admin
from cluster_provision.settings.readers.choices import Choice, YesNo
from cluster_provision.settings.readers.numbers import WholeNumber

OrchMode = Literal["uniform", "flexible"]
SecurityType = Literal["standard", "trusted-launch"]
_MODES: tuple[OrchMode, ...] = ("uniform", "flexible")
_SECURITY_TYPES: tuple[SecurityType, ...] = ("standard", "trusted-launch")

DEFAULT_SKU = "Standard_ND96isr_H200_v5"
DEFAULT_IMAGE = AzureImage("microsoft-dsvm", "ubuntu-hpc", "2204", "latest")
# The scale sets' images have 64 GB, and an OS disk has at most 4,095 GiB
# (learn.microsoft.com/azure/virtual-machines/managed-disks-overview, read 2026-11-25).
LEAST_DISK_GB = 30
MOST_DISK_GB = 4095


@dataclass(frozen=True, kw_only=True)
class AzureMachineParameters:
    """The machines."""

    sku: str = parameter(
        SizeName(),
        default=DEFAULT_SKU,
        cloud="azure",
        help="The machines' size. For sizes with GPUs, the tool knows what fits them (azure-sizes.md): GPUs, "
        "InfiniBand, local disks, quota, price. For others, Azure has the last word.",
        example=DEFAULT_SKU,
    )
    image: AzureImage = parameter(
        Image(),
        default=DEFAULT_IMAGE,
        cloud="azure",
        help="The image that the machines boot from: Ubuntu or another system with apt and cloud-init. Azure's HPC "
        "images have drivers, CUDA, NCCL, MPI and health checks for GPUs.",
        example=DEFAULT_IMAGE.text,
    )
    accept_terms: bool = parameter(
        YesNo(),
        default=False,
        cloud="azure",
        since="0.1.0",
        help="Whether the tool accepts the marketplace terms of IMAGE's plan in your name. An image without a plan, "
        "such as Azure's HPC images of Ubuntu, needs none.",
        example="yes",
    )
    security_type: SecurityType = parameter(
        Choice(_SECURITY_TYPES),
        default="standard",
        cloud="azure",
        since="0.1.0",
        help="standard, or trusted-launch: Secure Boot and a virtual TPM, for which drivers must be signed. Not every "
        "size has it, and it needs ORCH_MODE=uniform.",
        example="trusted-launch",
    )
    os_disk_size: int = parameter(
        WholeNumber(LEAST_DISK_GB, MOST_DISK_GB),
        default=256,
        unit="GB",
        cloud="azure",
        since="0.1.0",
        help="The OS disk's size. It can't be smaller than the image's.",
        example="512",
    )
    orch_mode: OrchMode = parameter(
        Choice(_MODES),
        default="flexible",
        default_text="uniform for sizes with InfiniBand and for trusted-launch, flexible for others",
        cloud="azure",
        help="How the scale set holds its machines. uniform puts machines with InfiniBand into a single placement "
        "group of at most 100, within which InfiniBand works; flexible makes independent machines.",
        example="Uniform",
    )
    vm_name_prefix: str = parameter(
        MACHINE_PREFIX,
        default="vm-",
        cloud="azure",
        help="The beginning of the machines' host names; Azure adds six characters to each.",
        example="vm-",
    )
    admin: str = parameter(
        Admin(),
        default="azureuser",
        cloud="azure",
        help="The user on each machine, with sudo, as whom you log in.",
        example="azureuser",
    )
