"""The cluster's users: the same names and numbers on every machine, with their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.linux import HOMES
from cluster_provision.slurm.plan import Block, File, Folder, Group, Resource, User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.cluster import ClusterUser, SlurmCluster

SUDOERS = "/etc/sudoers.d"


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """Groups first. Where homes are shared, their server alone makes them."""
    found: list[Resource] = [Group(name, gid) for gid, name in groups_of(cluster.users).items()]
    for user in cluster.users:
        found += _user(cluster, user, machine)
    return found


def groups_of(users: Sequence[ClusterUser]) -> dict[int, str]:
    """Return number → name. A user's own group has the user's name; one that several share has its number's."""
    own = {user.gid: user.name for user in users if user.gid == user.uid}
    return {user.gid: own.get(user.gid, f"group{user.gid}") for user in users}


def _user(cluster: SlurmCluster, user: ClusterUser, machine: str) -> list[Resource]:
    home, group = f"{HOMES}/{user.name}", groups_of(cluster.users)[user.gid]
    elsewhere = any(
        share.target in (HOMES, home) and machine != (cluster.controller if share.own else share.server)
        for share in cluster.shares
    )
    found: list[Resource] = [
        User(user.name, user.uid, group, home, locked=user.locked, make_home=not elsewhere),
    ]
    if user.sudo and not user.locked:
        rule = f"# Written by cluster-provision.\n{user.name} ALL=(ALL) NOPASSWD:ALL\n"
        found.append(File(f"{SUDOERS}/cluster-provision-{user.name}", rule, mode="0440"))
    if not elsewhere and not user.locked:
        keys = f"{home}/.ssh/authorized_keys"
        found += [
            Folder(f"{home}/.ssh", "0700", user.name, group, data=True, once=True),
            Block(keys, cluster.name, user.keys, "0600", user.name, group),
        ]
    return found
