"""Image families: the default, and the successors of those that the old tool's documents name.

Source: release notes of Deep Learning VM Images of 2026-04-13 (only the families of driver 580 on Ubuntu
stay active; all Debian families are deprecated, and a family's look-up skips deprecated images), read
2026-11-22. What the project ml-images holds today is not known; it stays the default for other names,
as the old tool documented it.
"""

from __future__ import annotations

DEFAULT_FAMILY = "pytorch-2-9-cu129-ubuntu-2204-nvidia-580"
DEFAULT_PROJECT = "deeplearning-platform-release"
OLD_PROJECT = "ml-images"

CURRENT_FAMILIES = frozenset(
    {
        "common-cu129-ubuntu-2204-nvidia-580",
        "common-cu129-ubuntu-2404-nvidia-580",
        "pytorch-2-9-cu129-ubuntu-2204-nvidia-580",
        "pytorch-2-9-cu129-ubuntu-2404-nvidia-580",
    }
)

# Old family → the one that takes its place.
SUCCESSORS = {
    "pytorch-1-12-gpu-debian-10": DEFAULT_FAMILY,
}
