"""One machine: its type, GPUs, image and boot disk."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.gcp.images import DEFAULT_FAMILY, DEFAULT_PROJECT, OLD_PROJECT
from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.gcp.names import ACCELERATOR_TYPE, IMAGE, MACHINE_TYPE, PROJECT_ID
from cluster_provision.settings.readers.numbers import WholeNumber

DISK_TYPES = ("pd-ssd", "pd-balanced", "pd-standard", "hyperdisk-balanced")
LOCAL_SSD = (
    "a local SSD can't be a boot disk: Google Cloud refuses it, although the old tool let it pass; use pd-ssd "
    "(machine types such as a3-highgpu-8g have their own local SSDs)"
)


@dataclass(frozen=True, kw_only=True)
class MachineParameters:
    """The machines."""

    vm_type: str = parameter(
        MACHINE_TYPE,
        default="a2-highgpu-2g",
        help="The machine type. For the types with GPUs (A2, A3, A4, A4X, G2, G4, and N1 with GPUs attached) the tool "
        "knows what fits them (machine-types.md): GPUs, boot disks, network cards, how they are sold. For others, "
        "Google Cloud has the last word.",
        example="a2-highgpu-2g",
    )
    gpu_count: int = parameter(
        WholeNumber(0, 16),
        default=2,
        default_text="what VM_TYPE has: 2 with the default VM_TYPE; 2 on an N1 with ACCELERATOR_TYPE, else 0",
        unit="GPUs a machine",
        help="How many GPUs each machine has. If the machine type fixes the number, leave it out; another number is "
        "refused. An N1 machine can have the numbers that Google Cloud attaches: 1, 2 or 4, and 8 for V100.",
        example="2",
    )
    accelerator_type: str = parameter(
        ACCELERATOR_TYPE,
        default="nvidia-tesla-a100",
        default_text="what VM_TYPE has: nvidia-tesla-a100 with the default VM_TYPE",
        help="The GPUs' type. If the machine type fixes it, leave it out; another type is refused.",
        example="nvidia-tesla-a100",
    )
    image_family_name: str | None = parameter(
        IMAGE,
        default=None,
        default_text=f"{DEFAULT_FAMILY}, where IMAGE_NAME is unset",
        help="The image family whose newest image the machines boot from. Not together with IMAGE_NAME. The families "
        "in the old tool's documents no longer exist: their successors replace them, and a note says so "
        "(from-the-old-tool.md lists them).",
        example=DEFAULT_FAMILY,
    )
    image_name: str | None = parameter(
        IMAGE,
        default=None,
        help="One image that the machines boot from. Not together with IMAGE_FAMILY_NAME.",
        example="my-image-20261101",
    )
    image_project: str | None = parameter(
        PROJECT_ID,
        default=None,
        default_text=f"{DEFAULT_PROJECT} for the default family and for current Deep Learning VM families, else "
        f"{OLD_PROJECT}, as the old tool had it",
        since="old tool, April 2023",
        help="The project that holds the image or the image family.",
        example=DEFAULT_PROJECT,
    )
    disk_size_gb: int = parameter(
        WholeNumber(10, 65536),
        default=2000,
        unit="GB",
        help="The boot disk's size.",
        example="500",
    )
    disk_type: str = parameter(
        Choice(DISK_TYPES, refused={"local-ssd": LOCAL_SSD}),
        default="pd-ssd",
        default_text="pd-ssd; hyperdisk-balanced for machine types that support nothing else (A3 Ultra, A4, A4X, G4)",
        help="The boot disk's type. Not every machine type supports each; a pair that Google Cloud refuses is refused "
        "here too. Only pd-ssd, which old env files name, is replaced by the best type that the machines support.",
        example="pd-balanced",
    )
