"""A package repository that the user names, for machines whose distribution has no Slurm that is new enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.repository import AptRepository
    from cluster_provision.slurm.cluster import SlurmCluster

KEY = "/etc/apt/keyrings/cluster-provision.asc"
SOURCES = "/etc/apt/sources.list.d/cluster-provision.sources"


def resources(cluster: SlurmCluster) -> list[Resource]:
    """Before any package: apt's lists are fetched again where the repository has changed."""
    if not cluster.repository:
        return []
    key = [Folder("/etc/apt/keyrings", once=True), File(KEY, cluster.repository.key)] if cluster.repository.key else []
    written = (SOURCES, KEY) if key else (SOURCES,)
    return [
        *key,
        File(SOURCES, _sources(cluster.repository)),
        Command("fetch apt's lists", ("apt-get", "-q", "update"), unless=("true",), reads=written),
    ]


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
