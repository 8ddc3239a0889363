"""Whose Slurm packages the machines get, and of which release: the distribution's, or those of SLURM_REPOSITORY."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError, Unreachable
from cluster_provision.slurm.package_names import DEBIAN, names_in
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.wanted import release_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.settings.readers.slurm.repository import AptRepository
    from cluster_provision.slurm.facts import MachineFacts
    from cluster_provision.slurm.package_names import PackageNames

SECONDS = 20.0
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""`uname -m` as Debian calls it (https://wiki.debian.org/SupportedArchitectures)."""


def packages_of(settings: ExistingSettings, facts: Mapping[str, MachineFacts]) -> tuple[PackageNames, Release]:
    """The packages' names, and their release.

    Raises SettingsError where the repository has no Slurm that is new enough, Unreachable where it doesn't answer.
    """
    repository = settings.slurm_repository
    if repository is None:
        return DEBIAN, release_of(facts.values())
    machines = {each.architecture for each in facts.values()}
    index = "\n\n".join(_index(repository, ARCHITECTURES.get(machine, machine)) for machine in sorted(machines))
    found = names_in(index)
    if found is None or found[1] < Release.OLDEST:
        has = f"Slurm {found[1]}" if found else "no Slurm"
        raise SettingsError((f"SLURM_REPOSITORY={repository.uri} has {has}; {Release.OLDEST} is the oldest",))
    return found


def _index(repository: AptRepository, architecture: str) -> str:
    """What the repository offers, as apt reads it (https://wiki.debian.org/DebianRepository/Format)."""
    base = repository.uri.rstrip("/")
    if not repository.components:
        return _fetched([f"{base}/{repository.suite}".rstrip("/") + "/Packages"])
    places = [f"{base}/dists/{repository.suite}/{each}/binary-{architecture}" for each in repository.components]
    return _fetched([f"{place}/Packages" for place in places])


def _fetched(addresses: list[str]) -> str:
    import requests

    texts = []
    for address in addresses:
        for ending in (".gz", ""):
            try:
                answer = requests.get(f"{address}{ending}", timeout=SECONDS)
            except requests.RequestException as failure:
                raise Unreachable(
                    f"SLURM_REPOSITORY does not answer at {address}: {type(failure).__name__}",
                    "The tool looks there for the release before anything is changed: HTTPS_PROXY leads it out.",
                ) from failure
            if answer.ok:
                texts.append((gzip.decompress(answer.content) if ending else answer.content).decode("utf-8", "replace"))
                break
    return "\n\n".join(texts)
