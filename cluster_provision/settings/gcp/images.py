"""Image families: the default, and the successors of those in the old tool's documents.

Source: release notes of Deep Learning VM Images of 2026-04-13 (only the families of driver 580 on Ubuntu stay active;
all Debian families are deprecated, and with them every TensorFlow family), read 2026-11-22. ml-images stays the default
for other names, as the old tool documented it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from cloud_facts.gcp.images import image_projects

DEFAULT_FAMILY = "pytorch-2-9-cu129-ubuntu-2204-nvidia-580"
SLURM_FAMILY = "pytorch-2-9-cu129-ubuntu-2404-nvidia-580"
"""The default with Slurm: that of Ubuntu 22.04 is older than what works."""
BARE_FAMILY = "common-cu129-ubuntu-2204-nvidia-580"
DEFAULT_PROJECT = "deeplearning-platform-release"
OLD_PROJECT = "ml-images"


@dataclass(frozen=True)
class Successor:
    """The family that replaces the families, or the image, that `former` names (* stands for any text).

    `lacks` is what the former had and the successor lacks.
    """

    former: str
    family: str
    lacks: str = ""


# The first that fits wins. The old tool took an image with "tf-" in its name as TensorFlow's, and documented one image
# of PyTorch by its name.
SUCCESSORS = (
    Successor("pytorch-1-12-gpu-debian-10", DEFAULT_FAMILY),
    Successor("pytorch-latest-gpu*", DEFAULT_FAMILY),
    Successor("pytorch-*-debian-*", DEFAULT_FAMILY),
    Successor("tf-*", BARE_FAMILY, lacks="TensorFlow"),
    Successor("tf2-*", BARE_FAMILY, lacks="TensorFlow"),
    Successor("common-*-debian-*", BARE_FAMILY),
)
IMAGE_SUCCESSORS = (Successor("c2-deeplearning-pytorch-1-12-cu113-v20221107-debian-10", DEFAULT_FAMILY),)


def default_family(orchestrator: str) -> str:
    """Return the family that machines boot from where none is named."""
    return SLURM_FAMILY if orchestrator == "slurm" else DEFAULT_FAMILY


def current_families() -> tuple[str, ...]:
    """The families that the Deep Learning VM's project has today, none of which is for Arm."""
    return image_projects()[DEFAULT_PROJECT].families


def successor_of_family(name: str) -> Successor | None:
    """Return the successor of family `name`, if that family no longer works."""
    return _fitting(SUCCESSORS, name)


def successor_of_image(name: str) -> Successor | None:
    """Return the successor of image `name`, if the old documents named it."""
    return _fitting(IMAGE_SUCCESSORS, name)


def _fitting(table: tuple[Successor, ...], name: str) -> Successor | None:
    return next((s for s in table if fnmatchcase(name, s.former)), None)
