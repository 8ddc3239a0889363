"""From settings to the description of a cloud's Slurm cluster: all that is the same on every cloud."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from cluster_provision.slurm.cloud import CloudCluster, Commands
from cluster_provision.slurm.cluster import ClusterUser
from cluster_provision.slurm.monitoring import monitoring_of
from cluster_provision.slurm.program import program
from cluster_provision.slurm.shares import shares_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.slurm_cloud import SlurmCloudSettings
    from cluster_provision.slurm.cloud import Pool
    from cluster_provision.slurm.cluster import Share
    from cluster_provision.state.base import StateStore


def put_program(store: StateStore) -> None:
    """Put the machines' program into the state store, where this version's is not there yet."""
    packed = program()
    if store.has(packed.name):
        return
    with NamedTemporaryFile() as file:
        Path(file.name).write_bytes(packed.content)
        store.upload(packed.name, Path(file.name))


def cloud_cluster(
    settings: SlurmCloudSettings,
    place: Mapping[str, str],
    pools: tuple[Pool, ...],
    *,
    admin: str = "",
    shares: tuple[Share, ...] = (),
    fixed_hourly: float = 0.0,
) -> CloudCluster:
    """The description, without a proof; see CloudCluster for what `place`, `admin`, `shares` and `fixed_hourly` are.

    `shares` are of a server that the target has made; one that was there already is in the settings.
    """
    s, storage = settings, settings.shared_storage
    return CloudCluster(
        cloud=s.cloud,
        name=s.name_prefix,
        place=place,
        program=program().name,
        controller=s.controller_name,
        logins=s.login_names,
        pools=pools,
        partitions=s.slurm_partitions,
        extra=s.slurm_conf_extra.of("slurm.conf"),
        cgroup_extra=s.slurm_conf_extra.of("cgroup.conf"),
        accounting=s.accounting != "off",
        users=tuple(ClusterUser(u.name, u.uid, u.gid, u.sudo, u.keys) for u in s.users),
        ssh_exceptions=s.ssh_exceptions,
        shares=shares or (shares_on(storage.server, storage.path) if storage.kind == "nfs" else ()),
        storage=storage.place,
        repository=s.slurm_repository,
        fetched=s.pyxis_packages,
        code_cli=s.code_cli,
        suspend_time=s.suspend_time,
        proof_minutes=s.proof_timeout,
        commands=Commands(s.node_command, s.node_command_controller, s.node_command_login),
        admin=admin,
        max_hourly_cost=float(s.max_hourly_cost) if s.max_hourly_cost is not None else None,
        fixed_hourly=fixed_hourly,
        monitoring=monitoring_of(s),
    )
