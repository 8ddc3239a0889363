"""From settings and facts to the Slurm cluster that they describe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.existing.numbers import asked_groups, asked_users
from cluster_provision.slurm.cluster import ClusterUser, Export, Machine, Share, SlurmCluster
from cluster_provision.slurm.fetched_packages import package_of
from cluster_provision.slurm.monitoring import monitoring_of
from cluster_provision.slurm.roles.monitoring import places
from cluster_provision.slurm.roles.pyxis import plugstack_line
from cluster_provision.slurm.roles.slurm_user import DEBIANS_UID
from cluster_provision.slurm.wanted import wanted_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.checks.existing.offer import Offer
    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.slurm.cluster import SlurmNode
    from cluster_provision.slurm.facts import MachineFacts


def cluster_of(
    settings: ExistingSettings,
    facts: Mapping[str, MachineFacts],
    nodes: Sequence[SlurmNode],
    host_keys: Mapping[str, tuple[str, ...]],
    former_users: Sequence[ClusterUser],
    offer: Offer,
) -> SlurmCluster:
    """The cluster; every machine of the settings must have its facts. `former_users` are no longer in USERS_FILE."""
    accounts = {each.user for each in settings.machines}
    return SlurmCluster(
        name=settings.name_prefix,
        release=offer.release,
        controller=settings.controller,
        machines=tuple(
            Machine(
                each.name,
                facts[each.name].ssh_address or each.address,
                each.aliases,
                host_keys.get(each.name, ()),
                "" if settings.set_hostname else _other_name(each.name, facts[each.name]),
                tuple(sorted(address for address in facts[each.name].addresses if ":" not in address)),
            )
            for each in settings.machines
        ),
        nodes=tuple(nodes),
        logins=settings.login_nodes,
        partitions=settings.partitions,
        extra=settings.slurm_conf_extra.of("slurm.conf"),
        cgroup_extra=settings.slurm_conf_extra.of("cgroup.conf"),
        accounting=settings.accounting != "off",
        ssh_user=settings.ssh_user,
        ssh_exceptions=tuple(sorted({*settings.ssh_exceptions, *accounts})),
        users=(
            *(ClusterUser(u.name, u.uid, u.gid, u.sudo, u.keys) for u in settings.users),
            *(replace(each, locked=True, sudo=False, keys=()) for each in former_users),
        ),
        nfs_server=settings.nfs_server,
        exports=tuple(Export(each.path, each.options) for each in settings.nfs_exports),
        shares=tuple(Share(each.server, each.path, each.mountpoint, each.options) for each in settings.nfs_mounts),
        nfs_clients=settings.nfs_clients,
        set_hostname=settings.set_hostname,
        slurm_uid=settings.slurm_user_uid or DEBIANS_UID,
        packages=offer.names,
        repository=settings.slurm_repository,
        containers=not settings.pyxis_packages,
        plugstack=tuple(dict.fromkeys(plugstack_line(each.architecture) for each in facts.values()))
        if settings.pyxis_packages
        else (),
        fetched=settings.pyxis_packages,
        code_cli=settings.code_cli,
        monitoring=monitoring_of(settings),
    )


def wanted_of(settings: ExistingSettings, names: Sequence[str]) -> dict[str, Any]:
    """What each machine is asked for; `names` are those of all."""
    fetched = (*settings.pyxis_packages, *settings.monitoring_packages)
    return wanted_facts(
        names,
        asked_users(settings),
        asked_groups(settings),
        sorted({each.user for each in settings.machines}),
        sorted({each.path for each in settings.nfs_mounts}),
        [*(package_of(each.url)[0] for each in fetched), *places.PACKAGES],
        places.PORTS,
    )


def _other_name(name: str, facts: MachineFacts) -> str:
    """The machine's own short name, empty where it is the one that it has in Slurm."""
    own = facts.short_name
    return "" if own == name else own
