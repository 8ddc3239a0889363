"""Whose Slurm packages the machines have or get, and of which release: the distribution's, or SLURM_REPOSITORY's."""

from __future__ import annotations

import gzip
import lzma
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NodeSetupError, ProvisionError, SettingsError, Unreachable
from cluster_provision.slurm.package_names import DEBIAN, SCHEDMD, names_in
from cluster_provision.slurm.release import Release, read_release
from cluster_provision.slurm.wanted import release_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.settings.readers.slurm.repository import AptRepository
    from cluster_provision.slurm.facts import MachineFacts
    from cluster_provision.slurm.package_names import PackageNames

SECONDS = 20.0
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""`uname -m` as Debian calls it (https://wiki.debian.org/SupportedArchitectures)."""
FORMS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    (".gz", gzip.decompress),
    (".xz", lzma.decompress),
    ("", bytes),
)
"""How repositories keep an index (https://wiki.debian.org/DebianRepository/Format#Compression_of_indices)."""
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)
GONE = (404, 410)


@dataclass(frozen=True)
class Offer:
    """The packages' names, and their release; `failures` say why that can't be had or told, or not be used."""

    names: PackageNames = DEBIAN
    release: Release = Release.OLDEST
    failures: tuple[ProvisionError, ...] = ()


def offer_of(settings: ExistingSettings, facts: Mapping[str, MachineFacts]) -> Offer:
    """What the machines have, or would get.

    Slurm that is installed is upgraded by nobody, so its release counts; where all have it, the repository isn't asked.
    """
    repository = settings.slurm_repository
    if repository is None or not facts:
        return Offer(DEBIAN, release_of(facts.values()))
    for each in (SCHEDMD, DEBIAN):
        have = _having(facts, each)
        if len(have) == len(facts) and len({*have.values()}) == 1:
            return Offer(each, min(have.values()))
    machines = {ARCHITECTURES.get(each.architecture, each.architecture) for each in facts.values()}
    try:
        indices = [_index(repository, machine) for machine in sorted(machines)]
    except ProvisionError as failure:
        return Offer(DEBIAN, release_of(facts.values()), (failure,))
    found = names_in("\n\n".join(indices))
    if found is None or found[1] < Release.OLDEST:
        has = f"Slurm {found[1]}" if found else "no Slurm"
        told = f"SLURM_REPOSITORY={repository.uri} has {has}; {Release.OLDEST} is the oldest"
        return Offer(DEBIAN, release_of(facts.values()), (SettingsError((told,)),))
    names, newest = found
    there = _having(facts, names)
    if not there:
        return Offer(names, newest)
    least = min(there.values())
    others = [name for name in facts if there.get(name, newest) != least]
    return Offer(names, least, (_differ(others, least, newest),) if others else ())


def _having(facts: Mapping[str, MachineFacts], names: PackageNames) -> dict[str, Release]:
    """The machines on which packages of these names are installed, with their release."""
    found = {}
    for machine, each in facts.items():
        told = [each.packages[name] for name in (names.slurmctld, names.slurmd, names.client) if name in each.packages]
        releases = [release for one in told if (release := read_release(one.installed)) is not None]
        if releases:
            found[machine] = releases[0]
    return found


def _differ(others: list[str], least: Release, newest: Release) -> ProvisionError:
    return NodeSetupError(
        f"SLURM_REPOSITORY has Slurm {newest}, which {', '.join(others)} would get or has, and the others have {least}",
        "One release is needed on all machines: name a repository of that release, or upgrade Slurm on all of them "
        "(docs/slurm.md, Upgrades).",
    )


def _index(repository: AptRepository, architecture: str) -> str:
    """What the repository offers, as apt reads it (https://wiki.debian.org/DebianRepository/Format)."""
    base = repository.uri.rstrip("/")
    if not repository.components:
        places = [f"{base}/{repository.suite}".rstrip("/.").rstrip("/")]
    else:
        places = [f"{base}/dists/{repository.suite}/{each}/binary-{architecture}" for each in repository.components]
    return "\n\n".join(_fetched(f"{place}/Packages") for place in places)


def _fetched(address: str) -> str:
    """The index. Raises SettingsError where there is none, Unreachable where nobody can tell."""
    import requests

    for ending, unpacked in FORMS:
        try:
            answer = requests.get(f"{address}{ending}", timeout=SECONDS)
        except requests.RequestException as failure:
            raise _unanswered(address, type(failure).__name__) from failure
        if answer.ok:
            try:
                return unpacked(answer.content).decode("utf-8", "replace")
            except BROKEN as failure:
                raise _unanswered(f"{address}{ending}", "what it holds can't be unpacked") from failure
        if answer.status_code not in GONE:
            raise _unanswered(address, f"HTTP {answer.status_code}")
    raise SettingsError(
        (f"SLURM_REPOSITORY has no index at {address}: is the suite or the component another, or the architecture?",)
    )


def _unanswered(address: str, why: str) -> Unreachable:
    return Unreachable(
        f"SLURM_REPOSITORY does not answer at {address}: {why}",
        "The tool looks there for the release before anything is changed: HTTPS_PROXY leads it out.",
    )
