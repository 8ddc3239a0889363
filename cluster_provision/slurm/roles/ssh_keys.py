"""Logins between the machines, for MPI that starts its processes by ssh (mpirun): jobs that srun starts need none.

The account by which the machines are reached has a key of the cluster's, as in the guide. For everybody else, nodes
believe the cluster's machines who asks (ssh(1), "HostbasedAuthentication"): it needs no key of a user's, which could be
taken elsewhere, works for users of a directory service, and ends at pam_slurm_adopt where the user has no job. It gives
root of a machine nothing that munge's key doesn't: to be any user on the nodes, but not root.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Block, Command, File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Secrets, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts"
CLIENT = "/etc/ssh/ssh_config.d/cluster-provision.conf"
SERVER = "/etc/ssh/sshd_config.d/cluster-provision.conf"
BELIEVED = "/etc/ssh/shosts.equiv"
# ssh_config(5): the keys that ssh tries where none is named, in this order. Naming one leaves the others out.
_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")


def resources(cluster: SlurmCluster, machine: str, facts: MachineFacts, secrets: Secrets) -> list[Resource]:
    """Known hosts for everybody; the key in the account's home, which a share's server alone writes into."""
    found: list[Resource] = []
    hosts = _known_hosts(cluster)
    if hosts:
        found.append(Block(KNOWN_HOSTS, cluster.name, hosts))
    found += [Folder("/etc/ssh/ssh_config.d", once=True), File(CLIENT, _client(cluster))]
    if cluster.node(machine) and hosts:
        # By their addresses and their host keys; sshd looks no name up (UseDNS).
        believed = tuple(name for each in cluster.machines for name in dict.fromkeys((each.address, each.name)))
        found += believing(cluster, believed, ())
    account = facts.users.get(cluster.ssh_user)
    if not account or not account.home or not secrets.ssh_private_key:
        return found
    group = next((name for name, number in facts.groups.items() if number == account.gid), cluster.ssh_user)
    owner, words = cluster.ssh_user, f"{secrets.ssh_public_key} {cluster.name}"
    for home in _homes_here(cluster, machine, account.home):
        folder = f"{home}/.ssh"
        found += [
            Folder(folder, "0700", owner, group, data=True, once=True),
            File(f"{folder}/{_key(cluster)}", secrets.ssh_private_key, "0600", owner, group, secret=True),
            Block(f"{folder}/authorized_keys", f"{cluster.name} machines", (words,), "0600", owner, group),
        ]
    return found


def _key(cluster: SlurmCluster) -> str:
    return f"id_{cluster.name}"


def _client(cluster: SlurmCluster) -> str:
    """EnableSSHKeysign counts only before the first Host (ssh_config(5))."""
    names = " ".join(name for each in cluster.machines for name in (each.name, *each.aliases))
    nodes = {each.name for each in cluster.nodes}
    believe = " ".join(name for each in cluster.machines if each.name in nodes for name in (each.name, *each.aliases))
    keys = (_key(cluster), *_USUAL)
    lines = ["EnableSSHKeysign yes", f"Host {names}", *(f"    IdentityFile ~/.ssh/{key}" for key in keys)]
    lines += [f"Host {believe}", "    HostbasedAuthentication yes"] if believe else []
    return "\n".join(["# Written by cluster-provision.", *lines]) + "\n"


_SERVER = (
    "# Written by cluster-provision. A file that comes before this one by its name counts more (sshd_config(5)).",
    "HostbasedAuthentication yes",
    "IgnoreUserKnownHosts yes",
)
# A file that sshd doesn't understand would keep it from starting, and everybody out.
RELOAD = "sshd -t && systemctl try-reload-or-restart ssh.service"


def believing(cluster: SlurmCluster, hosts: tuple[str, ...], lines: tuple[str, ...]) -> list[Resource]:
    """A node believes these hosts who asks; `lines` are further ones of sshd's configuration.

    sshd refuses root in this way, and a user who wants to be another (sshd(8), shosts.equiv).
    """
    return [
        # It does nothing when it is made; undone after the file, it has sshd forget that.
        Command(
            "sshd, once its file is given back", ("true",), unless=("test", "-e", SERVER), undo=("sh", "-c", RELOAD)
        ),
        Block(BELIEVED, cluster.name, hosts),
        Folder("/etc/ssh/sshd_config.d", once=True),
        File(SERVER, "\n".join((*_SERVER, *lines)) + "\n"),
        Command("sshd, with its file", ("sh", "-c", RELOAD), unless=("true",), reads=(SERVER,)),
    ]


def _known_hosts(cluster: SlurmCluster) -> tuple[str, ...]:
    """A line for each key of each machine (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""
    return tuple(
        f"{','.join(dict.fromkeys((each.name, *each.aliases, each.address)))} {key}"
        for each in cluster.machines
        for key in each.host_keys
    )


def _homes_here(cluster: SlurmCluster, machine: str, home: str) -> list[str]:
    """The folders on this machine that are the account's home, here or for those that mount it."""
    share = next((each for each in cluster.shares if PurePosixPath(home).is_relative_to(each.target)), None)
    if not share:
        return [home]
    if share.server != machine:
        # A share of a server outside of the cluster: one machine writes for all.
        outside = share.server not in {each.name for each in cluster.machines}
        return [home] if outside and machine == cluster.controller else []
    shared = str(PurePosixPath(share.path) / PurePosixPath(home).relative_to(share.target))
    return list(dict.fromkeys((home, shared)))
