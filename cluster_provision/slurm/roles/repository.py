"""A package repository that the user names, for machines whose distribution has no Slurm that is new enough."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cluster_provision.slurm.plan import Command, File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.repository import AptRepository
    from cluster_provision.slurm.cluster import SlurmCluster

KEY = "/etc/apt/keyrings/cluster-provision.asc"
SOURCES = "/etc/apt/sources.list.d/cluster-provision.sources"
PREFERENCES = "/etc/apt/preferences.d/cluster-provision"
PRIORITY = 900
"""Above every other source, whatever their versions; below 1000, so that nothing installed is lowered
(apt_preferences(5))."""
SLURMS = ("slurm*", "libslurm*", "libpam-slurm*", "libpmi0*", "libpmi2-*", "sackd")
"""Slurm's own packages, of Debian and of SchedMD (their debian/control)."""
# This source's lists alone: another one that fails is no reason not to go on, and is not ours to fetch.
_FETCH = (
    *("apt-get", "-q", "-o", f"Dir::Etc::SourceList={SOURCES}", "-o", "Dir::Etc::SourceParts=-"),
    *("-o", "APT::Get::List-Cleanup=0", "update"),
)
# apt's lists of a source that is no more are removed with the next fetch. A failure of another source leaves them: apt
# itself looks at none that no source names.
_FORGET = "apt-get -q update >/dev/null 2>&1 || true"


def resources(cluster: SlurmCluster) -> list[Resource]:
    """Before any package: apt's lists are fetched again where the repository has changed."""
    if not cluster.repository:
        return []
    key = [Folder("/etc/apt/keyrings", once=True), File(KEY, cluster.repository.key)] if cluster.repository.key else []
    written = (SOURCES, KEY) if key else (SOURCES,)
    return [
        # Before the source: what is given back is so in reverse.
        Command("forget apt's lists", ("true",), unless=("test", "-e", SOURCES), undo=("sh", "-c", _FORGET)),
        *key,
        File(SOURCES, _sources(cluster.repository)),
        File(PREFERENCES, _preferences(cluster.repository)),
        Command("fetch apt's lists", _FETCH, unless=("true",), reads=written),
    ]


def _preferences(source: AptRepository) -> str:
    """apt_preferences(5): a source is known by its host."""
    host = urlsplit(source.uri).hostname or ""
    return (
        f"# Written by cluster-provision.\nPackage: {' '.join(SLURMS)}\nPin: origin {host}\nPin-Priority: {PRIORITY}\n"
    )


def _sources(source: AptRepository) -> str:
    """sources.list(5), the deb822 form."""
    fields = {
        "Types": "deb",
        "URIs": source.uri,
        "Suites": source.suite,
        "Components": " ".join(source.components),
        **({"Signed-By": KEY} if source.key else {"Trusted": "yes"}),
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return "\n".join(["# Written by cluster-provision.", *lines]) + "\n"
