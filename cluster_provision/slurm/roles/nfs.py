"""Shared folders: what the NFS server exports, and what the other machines mount."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Block, Command, Folder, Mount, Packages, Resource, Service

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Share, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

EXPORTS = "/etc/exports"
STATE = "/var/lib/nfs"

# What the image and the cloud's agent have put into homes, above all the keys of the account for logins: it goes where
# the share is about to hide it. All machines do so, in any order, so that nobody waits for another.
_TAKE_OVER = """set -u
cd "$1" || exit
for name in *; do
  [ -d "$name" ] || continue
  if [ ! -e "$2/$name" ]; then
    rm -rf "$2/.$name.$(hostname)" || exit
    cp -a "$name" "$2/.$name.$(hostname)" || exit
    mv -nT "$2/.$name.$(hostname)" "$2/$name" || exit
    rm -rf "$2/.$name.$(hostname)"
  fi
  keys=$name/.ssh/authorized_keys
  [ -f "$keys" ] && [ -f "$2/$keys" ] || continue
  while IFS= read -r line; do
    [ -z "$line" ] || grep -qxF -e "$line" "$2/$keys" || printf '%s\\n' "$line" >>"$2/$keys" || exit
  done <"$keys"
done
"""


def resources(cluster: SlurmCluster, machine: str, facts: MachineFacts) -> list[Resource]:
    """The server's part before the clients': a machine may be both, of other servers' shares."""
    return [*_server(cluster, machine, facts), *_client(cluster, machine)]


def _server(cluster: SlurmCluster, machine: str, facts: MachineFacts) -> list[Resource]:
    if machine != cluster.nfs_server or not cluster.exports:
        return []
    lines = tuple(f"{_field(each.path)} {each.clients}" for each in cluster.exports)
    return [
        Packages(("nfs-kernel-server",)),
        # Where its daemons keep what they know: Debian 13's leave a database there when the package is purged.
        Folder(STATE, contents=True, once=True),
        *(Folder(each.path, data=True, once=True) for each in cluster.exports),
        Block(EXPORTS, cluster.name, lines),
        Service("nfs-server", reload_on=(EXPORTS,)),
        *_at_its_place(cluster, facts),
    ]


def _at_its_place(cluster: SlurmCluster, facts: MachineFacts) -> list[Resource]:
    """The server's own folders where the other machines mount them, since a job starts in the folder its user is in.

    Not where that would hide the folder itself, or the home with the key by which the machine is reached.
    """
    exported = {each.path for each in cluster.exports}
    account = facts.users.get(cluster.ssh_user)
    found: list[Resource] = []
    for each in cluster.shares:
        hidden = [PurePosixPath(path) for path in (each.path, account.home if account else "") if path]
        if each.server != cluster.nfs_server or each.path not in exported:
            continue
        if not any(path.is_relative_to(each.target) for path in hidden):
            found += [Folder(each.target, once=True), Mount(each.path, each.target, "none", "bind,_netdev")]
    return found


def _client(cluster: SlurmCluster, machine: str) -> list[Resource]:
    shares = mounted_on(cluster, machine)
    if not shares:
        return []
    found: list[Resource] = [Packages(("nfs-common",))]
    for each in shares:
        server = f"[{each.server}]" if ":" in each.server else each.server
        found.append(Folder(each.target, once=True))
        if each.within:
            found += [
                Folder(each.within, data=True, once=True),
                Command(
                    f"what {each.target} holds, to the share",
                    ("sh", "-c", _TAKE_OVER, "sh", each.target, each.within),
                    unless=("mountpoint", "-q", each.target),
                ),
                # The options that concern the mount itself: the share's own hold for what is bound from it.
                Mount(each.within, each.target, "none", "bind,_netdev,nofail"),
            ]
        else:
            found.append(Mount(f"{server}:{each.path}", each.target, "nfs", each.options))
    return found


def mounted_on(cluster: SlurmCluster, machine: str) -> list[Share]:
    """The shares that a machine mounts: not its own."""
    return [each for each in cluster.shares if each.server != machine and machine in cluster.nfs_clients]


def _field(path: str) -> str:
    """A path as exports(5) has it: one with blanks stands in quotes."""
    return f'"{path}"' if " " in path else path
