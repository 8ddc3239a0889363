"""What the facts of a machine are asked for (slurm/facts.py), and the Slurm that it has or would get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.slurm import paths
from cluster_provision.slurm.package_names import DEBIAN, SCHEDMD
from cluster_provision.slurm.release import Release, read_release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.slurm.facts import MachineFacts

SLURM_PACKAGES = tuple(
    name for each in (DEBIAN, SCHEDMD) for name in (each.slurmd, each.slurmctld, each.slurmdbd, each.client, each.sackd)
)

OTHER_PACKAGES = ("munge", "mariadb-server", "chrony", "libpmix-dev", "libpmix2", "libpmix2t64", "nfs-common", "runc")


def wanted_facts(
    names: Iterable[str] = (),
    users: Iterable[str | int] = (),
    groups: Iterable[str | int] = (),
    logins: Iterable[str] = (),
    folders: Iterable[str] = (),
    packages: Iterable[str] = (),
    ports: Iterable[int] = (),
) -> dict[str, Any]:
    """The request for node/facts.py.

    `names` are those that the machines must resolve; `users` and `groups` are looked up by their names and numbers;
    `logins` are accounts whose homes are looked at, also in `folders`; `packages` and `ports` are further ones to look
    up.
    """
    return {
        "packages": [
            *SLURM_PACKAGES,
            *OTHER_PACKAGES,
            *packages,
        ],
        "units": ["slurmctld", "slurmd", "slurmdbd", "munge", "mariadb", "chrony"],
        "ports": [paths.CONTROLLER_PORT, paths.NODE_PORT, paths.DATABASE_PORT, *ports],
        "programs": ["update-grub", "docker", "nvidia-ctk", "nvidia-container-runtime", "runc"],
        "names": list(names),
        "users": [*logins, *users],
        "groups": list(groups),
        "logins": list(logins),
        "folders": list(folders),
    }


def slurm_version(facts: MachineFacts) -> str:
    """The version of Slurm that is installed, else the one that apt would install; empty for none."""
    told = [facts.packages[name] for name in SLURM_PACKAGES if name in facts.packages]
    return next((each.installed for each in told if each.installed), "") or next(
        (each.candidate for each in told if each.candidate), ""
    )


def release_of(facts: Iterable[MachineFacts]) -> Release:
    """The release of a cluster of these machines: the oldest of theirs."""
    found = [release for each in facts if (release := read_release(slurm_version(each))) is not None]
    return min(found, default=Release.OLDEST)
