"""What an image's name says about its Slurm: families of Google Cloud's, and URNs of Azure's marketplace.

The distribution's own packages count, since machines install those: packages.debian.org and packages.ubuntu.com
(slurm-wlm), read 2026-11-30.
"""

from __future__ import annotations

import re

OLDEST = "22.05"
_RPM = (
    r"rocky|rhel|red-?hat|centos|almalinux|azurelinux|mariner|oracle-?linux|fedora|suse|sles|cos-|container-optimized"
)
_CODE_NAMES = {"bionic": "18.04", "focal": "20.04", "jammy": "22.04"}
# Slurm by distribution, where it is too old.
_UBUNTU = {"16.04": "15.08", "18.04": "17.11", "20.04": "19.05", "22.04": "21.08"}
_DEBIAN = {"9": "16.05", "10": "18.08", "11": "20.11"}
# Their Python, systemd and packages are older than what the machines' program runs on, whatever Slurm they have.
_TOO_OLD = frozenset({"Ubuntu 16.04", "Ubuntu 18.04", "Ubuntu 20.04", "Debian 9", "Debian 10", "Debian 11"})


def image_problem(image: str, *, repository: bool) -> str:
    """Return why no Slurm cluster can be made of such an image, and what to do; empty where nothing is known of it.

    `image` is its name or URN, in any case; `repository` is whether SLURM_REPOSITORY is set.
    """
    text = image.lower()
    if re.search(rf"(^|[:/-])({_RPM})", text):
        return "has no apt, by which Slurm is installed; choose one of Ubuntu 24.04 or Debian 12 or later"
    system, release = _old_slurm(text)
    if not system:
        return ""
    if system in _TOO_OLD:
        return f"is of {system}, which is too old; choose one of Ubuntu 24.04 or Debian 12 or later"
    if repository:
        return ""
    return (
        f"is of {system}, which has Slurm {release}, and {OLDEST} is the oldest that works: choose one of Ubuntu "
        f"24.04, or set SLURM_REPOSITORY to an apt repository with Slurm {OLDEST} or later"
    )


def _old_slurm(text: str) -> tuple[str, str]:
    """The image's distribution and its Slurm, both empty where it isn't known to be an old one."""
    for name, version in _CODE_NAMES.items():
        if name in text:
            return f"Ubuntu {version}", _UBUNTU[version]
    ubuntu = re.search(r"ubuntu.*?(1[68]|2[02])[._-]?04", text)
    if ubuntu:
        version = f"{ubuntu[1]}.04"
        return f"Ubuntu {version}", _UBUNTU[version]
    debian = re.search(r"debian[-:_]?(9|1[01])(?![0-9])", text)
    return (f"Debian {debian[1]}", _DEBIAN[debian[1]]) if debian else ("", "")
