"""munge: by one key, the machines of a cluster believe each other who asks (munged(8))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import File, Packages, Resource, Service
from cluster_provision.slurm.revival import revived

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Secrets


def resources(secrets: Secrets) -> list[Resource]:
    """The package, whose own key is replaced, and the daemon."""
    return [
        Packages(("munge",)),
        File(paths.MUNGE_KEY, secrets.munge_key, mode="0400", owner="munge", group="munge", secret=True),
        *revived("munge"),
        Service("munge", restart_on=(paths.MUNGE_KEY,)),
    ]
