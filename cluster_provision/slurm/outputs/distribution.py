"""/etc/os-release and /etc/dgx-release: which distribution a machine has, and whether Slurm can be had for it.

DGX OS is Ubuntu to os-release, so its name comes from dgx-release alone: of several DGX_OTA_VERSION lines the last
counts, else DGX_SWBUILD_VERSION. Other lines of that file are not kept: one is the serial number.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPPORTED, NEEDS_REPOSITORY, REFUSED = "supported", "needs a repository", "refused"

# The Slurm release of each distribution's own packages: packages.debian.org, packages.ubuntu.com (slurm-wlm),
# read 2026-11-30.
_PACKAGED = {
    ("debian", "11"): Release(20, 11),
    ("debian", "12"): Release(22, 5),
    ("debian", "13"): Release(24, 11),
    ("ubuntu", "18.04"): Release(17, 11),
    ("ubuntu", "20.04"): Release(19, 5),
    ("ubuntu", "22.04"): Release(21, 8),
    ("ubuntu", "24.04"): Release(23, 11),
}
# Where cluster_provision was run for real; elsewhere it goes by the packages' names.
_RUN_HERE = {("debian", "12"), ("debian", "13")}
# NVIDIA's release notes of DGX OS: which Ubuntu each is.
_DGX_OS = {"18.04": "4", "20.04": "5", "22.04": "6", "24.04": "7"}
_RPM = {
    "rhel",
    "fedora",
    "centos",
    "rocky",
    "almalinux",
    "ol",
    "sles",
    "suse",
    "opensuse",
    "amzn",
    "mariner",
    "azurelinux",
}
_WITH_REPOSITORY = "set SLURM_REPOSITORY to an apt repository with Slurm 22.05 or later"
_TAKEN = "taken are Debian 12 and 13, Ubuntu 24.04 and DGX OS 7, and with SLURM_REPOSITORY Ubuntu 22.04 and DGX OS 6"


@dataclass(frozen=True)
class Distribution:
    """A machine's distribution by its whole name, and what becomes of it.

    `verdict` is supported, needs a repository or refused; `reason` says why, and what to do. `release` is Slurm's,
    `None` where it isn't known. `run_here`: whether this tool was run on it for real.
    """

    name: str
    verdict: str
    reason: str = ""
    release: Release | None = None
    run_here: bool = False


def read_distribution(
    os_release: str, dgx_release: str = "", offered: Release | None = None, *, repository: bool = False
) -> Distribution:
    """Return the distribution.

    `offered` is the release of apt's candidate, if it has one; `repository` is whether SLURM_REPOSITORY is set.
    """
    values = _values(os_release)
    system, version = values.get("ID", "").lower(), values.get("VERSION_ID", "")
    name = _name(values, version, dgx_release)
    family = {system, *values.get("ID_LIKE", "").lower().split()}
    if family & _RPM or any(each.startswith("opensuse") for each in family):
        return Distribution(name, REFUSED, f"{name} is RPM-based, which isn't taken; {_TAKEN}")
    if not family & {"debian", "ubuntu"}:
        return Distribution(name or "unknown", REFUSED, f"{name or 'the machine'} has no apt; {_TAKEN}")
    release = offered or _PACKAGED.get((system, version))
    run_here = (system, version) in _RUN_HERE
    if _too_old(system, version):
        newer = "install DGX OS 6 or later, with SLURM_REPOSITORY" if dgx_release else "install a newer release"
        return Distribution(name, REFUSED, f"{name} is too old; {newer}; {_TAKEN}", release)
    if release and release >= Release.OLDEST:
        told = "" if run_here else f"{name} goes by its packages' names; this tool was not run on it"
        return Distribution(name, SUPPORTED, told, release, run_here)
    if repository:
        return Distribution(name, SUPPORTED, f"{name} has Slurm from SLURM_REPOSITORY", release, run_here)
    has = f"has Slurm {release}" if release else "offers no Slurm"
    return Distribution(name, NEEDS_REPOSITORY, f"{name} {has}, and 22.05 is the oldest; {_WITH_REPOSITORY}", release)


def _too_old(system: str, version: str) -> bool:
    """Ubuntu before 22.04 and Debian before 12: their Python, systemd and packages are older than what we run on."""
    oldest = {"ubuntu": (22, 4), "debian": (12,)}.get(system)
    numbers = tuple(int(part) for part in re.findall("[0-9]+", version))
    return bool(oldest and numbers and numbers < oldest)


def _name(values: Mapping[str, str], version: str, dgx_release: str) -> str:
    """The distribution's name as its makers write it."""
    pretty = values.get("PRETTY_NAME") or " ".join(each for each in (values.get("NAME", ""), version) if each)
    if not dgx_release.strip():
        return pretty
    dgx = _values(dgx_release)
    build = dgx.get("DGX_OTA_VERSION") or dgx.get("DGX_SWBUILD_VERSION", "")
    major = _DGX_OS.get(version, "")
    if build and build.partition(".")[0] == major:
        return f"DGX OS {major} ({build}), {pretty}"
    return f"DGX OS {build or major} on {pretty}" if build or major else f"DGX OS on {pretty}"


def _values(text: str) -> dict[str, str]:
    """The assignments of a file in os-release(5)'s form: quotes of both kinds or none. The last of a name counts."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if not equals or not re.fullmatch("[A-Z][A-Z0-9_]*", key) or "SERIAL" in key:
            continue
        try:
            values[key] = "".join(shlex.split(value)[:1])
        except ValueError:
            values[key] = value.strip("\"'")
    return values
