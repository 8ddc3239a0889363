"""Reads the guide's inventory: the cluster that it describes, what is wrong, and what isn't taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.settings.existing.collisions import same_short_name
from cluster_provision.settings.existing.guide.connection import check_name, machine_of
from cluster_provision.settings.existing.guide.findings import Findings, names_of
from cluster_provision.settings.existing.guide.roles import roles_of
from cluster_provision.settings.existing.guide.shares import exports_of, mounts_of
from cluster_provision.settings.existing.guide.values import Values
from cluster_provision.settings.existing.guide.variables import name_the_rest, slurm_uid, ssh_exceptions
from cluster_provision.settings.inventory import read_inventory
from cluster_provision.settings.readers.existing.names import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cluster_provision.settings.existing.guide.connection import FoundMachine
    from cluster_provision.settings.existing.guide.roles import Roles
    from cluster_provision.settings.existing.nfs import NfsExport, NfsMount
    from cluster_provision.settings.readers.existing.ssh import SshJump


@dataclass(frozen=True)
class GuideCluster:
    """The cluster of an inventory, its machines by their short names; `machines` begin with the controller.

    With problems, it holds what could be read; then nothing may be done with it.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    machines: tuple[FoundMachine, ...] = ()
    controller: str = ""
    login_nodes: tuple[str, ...] = ()
    nfs_server: str = ""
    compute: tuple[str, ...] = ()
    nfs_clients: tuple[str, ...] = ()
    nfs_exports: tuple[NfsExport, ...] = ()
    nfs_mounts: tuple[NfsMount, ...] = ()
    ssh_exceptions: tuple[str, ...] = ()
    slurm_user_uid: int | None = None
    set_hostname: bool = True
    jump: SshJump | None = None


def read_guide(path: Path) -> GuideCluster:
    """Return the cluster that an inventory describes. Raises nothing: problems and notes are in it."""
    inventory = read_inventory(path)
    findings = Findings()
    for remark in inventory.problems:
        findings.problem(remark.place, remark.text)
    for remark in inventory.notes:
        findings.note(remark.place, remark.text)
    values = Values(inventory, findings)
    roles = roles_of(values, whole=not inventory.problems)
    _check_loose_hosts(values, roles)
    cluster = _cluster(roles, values) if roles is not None else GuideCluster()
    problems, notes = findings.lines()
    return replace(cluster, problems=problems, notes=notes)


def _cluster(roles: Roles, values: Values) -> GuideCluster:
    hosts = values.hosts(roles.hosts)
    found = {host.name: machine for host in hosts if (machine := machine_of(host, values)) is not None}
    _refuse_one_name(list(found), values)
    cluster = GuideCluster(
        machines=tuple(found.values()),
        controller=short_name(roles.controller),
        login_nodes=_short(roles.login),
        nfs_server=short_name(roles.nfs_server),
        compute=_short(roles.nodes),
        nfs_clients=_short(roles.nfs_clients),
        nfs_exports=exports_of(values.inventory.hosts[roles.nfs_server], values),
        nfs_mounts=mounts_of(values.hosts(roles.nfs_clients), found, values),
        ssh_exceptions=ssh_exceptions(values.hosts(roles.nodes), values),
        slurm_user_uid=slurm_uid(hosts[0], values),
        set_hostname=values.is_true(hosts[0], "deepops_set_hostname", default=True),
        jump=_jump(found, values),
    )
    spelt = [f"{host} is {short_name(host)}" for host in roles.hosts if short_name(host) != host]
    if spelt:
        values.findings.note(None, f"names in Slurm are short and in lower case: {names_of(spelt)}")
    name_the_rest(hosts, values)
    return cluster


def _short(hosts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(short_name, hosts)))


def _check_loose_hosts(values: Values, roles: Roles | None) -> None:
    """Report names that can't be a machine's, of hosts in no group but all: they may be meant for the cluster."""
    taken = roles.hosts if roles is not None else ()
    for host in values.inventory.hosts.values():
        if host.name not in taken and (roles is None or set(host.groups) <= {"all", "ungrouped"}):
            check_name(host, values)


def _refuse_one_name(hosts: list[str], values: Values) -> None:
    first: dict[str, str] = {}
    for host in hosts:
        before = first.setdefault(short_name(host), host)
        if before != host:
            values.findings.problem(values.inventory.hosts[host].place, same_short_name(before, host))


def _jump(machines: Mapping[str, FoundMachine], values: Values) -> SshJump | None:
    """Return the one host through which the machines are reached."""
    jumps: dict[SshJump, list[str]] = {}
    direct: list[str] = []
    for host, machine in machines.items():
        if machine.jump is None:
            direct.append(host)
        else:
            jumps.setdefault(machine.jump, []).append(host)
    if len(jumps) > 1:
        ways = "; ".join(f"{jump} for {names_of(names, 4)}" for jump, names in jumps.items())
        values.findings.problem(None, f"machines are reached through different hosts, and one is supported: {ways}")
    elif jumps and direct:
        (jump,) = jumps
        values.findings.note(
            None, f"all machines are reached through {jump}, also those without it: {names_of(direct)}"
        )
    return next(iter(jumps), None)
