"""Which host takes which part: the guide's groups, where a dash and an underscore are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.existing.guide.findings import Findings, names_of
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from cluster_provision.settings.existing.guide.values import Values
    from cluster_provision.settings.inventory import Inventory

MASTER, NODE, LOGIN, NFS, NFS_CLIENT = "slurm-master", "slurm-node", "slurm-login", "slurm-nfs", "slurm-nfs-client"
# The guide of 2019 calls the last two nfs-server and nfs-clients; DeepOps has other names for them since.
READ = {
    MASTER: (MASTER,),
    NODE: (NODE,),
    LOGIN: (LOGIN,),
    NFS: (NFS, "nfs-server"),
    NFS_CLIENT: (NFS_CLIENT, "nfs-clients"),
}
WHOLE = "slurm-cluster"
GROUPS = ", ".join((MASTER, NODE, LOGIN, f"{NFS} (nfs-server)", f"{NFS_CLIENT} (nfs-clients)"))

# What other public Slurm playbooks call them: elasticluster, stackhpc, oci-hpc, galaxyproject.slurm.
_OTHERS = {
    MASTER: "slurm-controller slurm-controllers slurm-control slurmctld slurm-head controller controllers control "
    "master masters head headnode head-node slurmservers",
    NODE: "slurm-worker slurm-workers slurm-compute slurm-computes slurm-client slurm-clients slurmd slurm-exec "
    "workers worker compute computes compute-nodes compute-configured nodes gpu-nodes slurmexechosts dgx-servers",
    LOGIN: "slurm-submit login logins submit login-nodes",
    NFS: "nfs nfs-servers storage",
}
_KUBERNETES = re.compile("kube|k8s|^etcd$")


@dataclass(frozen=True)
class Roles:
    """Hosts by their names in the inventory. The server is the controller where no group or variable names one."""

    controller: str
    login: tuple[str, ...]
    nfs_server: str
    nodes: tuple[str, ...]
    nfs_clients: tuple[str, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that take a part, each once, the controller first."""
        return tuple(dict.fromkeys((self.controller, *self.login, self.nfs_server, *self.nodes)))


def roles_of(values: Values, *, whole: bool) -> Roles | None:
    """Return who takes which part; None, with the problem, where a controller or nodes are missing.

    `whole` says that every line of the inventory could be read; else nothing is said of hosts that are missing.
    """
    inventory, findings = values.inventory, values.findings
    found = {role: _members(inventory, role, findings) for role in READ}
    if not found[MASTER] or not found[NODE]:
        if whole:
            _report_missing([role for role in (MASTER, NODE) if not found[role]], inventory, findings)
        return None
    controller, *others = found[MASTER]
    if others:
        text = f"{MASTER} has several hosts; the tool sets up one controller, {controller}, and not the others"
        findings.note(inventory.places.get(MASTER), f"{text}: {names_of(others)}")
    server = _nfs_server(values, controller, found[NFS])
    roles = Roles(controller, found[LOGIN] or (controller,), server, found[NODE], ())
    clients = _nfs_clients(values, roles, found[NFS_CLIENT])
    strangers = [host for host in clients if host not in roles.hosts]
    if strangers:
        text = f"hosts that would mount what is shared but take no part in Slurm aren't set up: {names_of(strangers)}"
        findings.note(None, text)
    roles = replace(roles, nfs_clients=tuple(host for host in clients if host in roles.hosts and host != server))
    _report_others(roles, inventory, findings)
    return roles


def pattern_hosts(pattern: str, inventory: Inventory) -> list[str] | None:
    """Return the hosts of Ansible's pattern: groups and hosts with subscripts, separated by commas; None for others.

    A range of subscripts holds its end too (docs.ansible.com, "Patterns: targeting hosts and groups").
    """
    hosts: list[str] = []
    for part in filter(None, (each.strip() for each in pattern.split(","))):
        read = re.fullmatch(r"([\w.-]+)(?:\[(-?\d+)\]|\[(\d*):(\d*)\])?", part)
        if not read:
            return None
        name, index, begin, end = read.groups()
        every = list(
            inventory.groups.get(name) or _alike(inventory, name) or ([name] if name in inventory.hosts else [])
        )
        if index is not None:
            every = every[int(index) :][:1] if -len(every) <= int(index) else []
        elif begin is not None:
            every = every[int(begin or 0) : int(end) + 1 if end else None]
        hosts += every
    return list(dict.fromkeys(hosts))


def _plain(group: str) -> str:
    return group.replace("_", "-")


def _alike(inventory: Inventory, name: str) -> list[str]:
    every = (hosts for group, hosts in inventory.groups.items() if _plain(group) == _plain(name))
    return list(dict.fromkeys(host for hosts in every for host in hosts))


def _members(inventory: Inventory, role: str, findings: Findings) -> tuple[str, ...]:
    """Return the hosts of all groups that are this one."""
    forms = [group for group in inventory.groups if _plain(group) in READ[role]]
    if len(forms) > 1:
        place = inventory.places.get(forms[1])
        findings.note(place, f"{' and '.join(forms)} are one group for this tool; it has the hosts of both")
    return tuple(dict.fromkeys(host for group in forms for host in inventory.groups[group]))


def _nfs_server(values: Values, controller: str, group: tuple[str, ...]) -> str:
    inventory, findings = values.inventory, values.findings
    given = values.of(inventory.hosts[controller], "nfs_server_group")
    if given is not None:
        hosts = pattern_hosts(given.text, inventory)
        if hosts:
            if group and group[0] != hosts[0]:
                text = f"{given.name} names {hosts[0]} as the NFS server, and not the group's {group[0]}"
                findings.note(given.place, text)
            return hosts[0]
        findings.problem(
            given.place, f"{given.name} names no host; write the group of the NFS server, such as {NFS}[0]"
        )
        return controller
    if not group:
        if any(_plain(name) in READ[NFS] for name in inventory.groups):
            findings.note(None, f"{NFS} has no host: the controller, {controller}, is the NFS server")
        return controller
    if len(group) > 1:
        findings.note(None, f"{NFS} has several hosts; {group[0]} is the NFS server, not {names_of(group[1:])}")
    return group[0]


def _nfs_clients(values: Values, roles: Roles, group: tuple[str, ...]) -> tuple[str, ...]:
    inventory, findings = values.inventory, values.findings
    given = values.of(inventory.hosts[roles.controller], "nfs_client_group")
    if given is None:
        return group or roles.hosts
    hosts = pattern_hosts(given.text, inventory)
    if hosts is None:
        findings.problem(given.place, f"{given.name} is a pattern that isn't worked out; write groups with commas")
    return tuple(hosts or ())


def _report_missing(missing: list[str], inventory: Inventory, findings: Findings) -> None:
    groups = [name for name in inventory.groups if name not in ("all", "ungrouped")]
    meant = [f"{group} for {role}" for role in missing for group in groups if _meant(group) == role]
    guess = f" ({', '.join(meant)}?)" if meant else ""
    there = f"groups in the file: {names_of(map(shown, groups))}" if groups else "the file has no group"
    findings.problem(
        None,
        f"no host in {' and none in '.join(missing)}; {there}{guess}. The groups that are read are {GROUPS}; or name "
        "the machines by NODES and CONTROLLER in INVENTORY's place",
    )


def _meant(group: str) -> str:
    """Return the role whose group is probably meant, empty for none."""
    plain = _plain(group.lower())
    for role, names in _OTHERS.items():
        if plain in names.split():
            return role
    near = [(edits(plain, name), role) for role, names in READ.items() for name in names]
    distance, role = min(near)
    return role if distance <= 2 else ""


def _report_others(roles: Roles, inventory: Inventory, findings: Findings) -> None:
    """Name groups without a meaning here, hosts that aren't set up, and machines that Kubernetes has too."""
    within = _within_roles(inventory)
    others = [g for g in inventory.groups if g not in ("all", "ungrouped", *within) and _plain(g) != WHOLE]
    if others:
        findings.note(None, f"groups that have no meaning here: {names_of(map(shown, others), 40)}")
    for group in others:
        role = _meant(group)
        if role and not any(_plain(each) in READ[role] for each in inventory.groups) and inventory.groups[group]:
            findings.note(inventory.places.get(group), f"the group {shown(group)} isn't read; is {role} meant?")
    left = [host for host in inventory.hosts if host not in roles.hosts]
    if left:
        findings.note(
            None, f"hosts that are in none of the groups that are read, and aren't set up: {names_of(left, 40)}"
        )
    shared = [host for host in roles.hosts for group in inventory.hosts[host].groups if _KUBERNETES.search(group)]
    if shared:
        findings.note(
            None, f"machines that are in groups of Kubernetes too, whose pods Slurm doesn't see: {names_of(shared)}"
        )


def _within_roles(inventory: Inventory) -> set[str]:
    """Return the groups that are read, and their children."""
    found: set[str] = set()
    rest = [group for group in inventory.groups if any(_plain(group) in names for names in READ.values())]
    while rest:
        group = rest.pop()
        if group not in found:
            found.add(group)
            rest += inventory.children.get(group, ())
    return found
