"""Logins between the nodes of a cloud's cluster, which come and go: certificates in the place of known hosts.

An authority of the cluster's own vouches for each node's host key, under the node's name alone. Who has the authority
can be any node, as who has munge's key can: machines believe it for the names of nodes, and so it makes nobody the
controller or a login node. Nodes believe nodes who asks, as on machines that exist already (ssh_keys.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Block, Command, File, Resource
from cluster_provision.slurm.roles.common import HOSTS
from cluster_provision.slurm.roles.ssh_keys import KNOWN_HOSTS, RELOAD, believing

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import HostCa, SlurmCluster

AUTHORITY = "/etc/ssh/cluster-provision-authority"
KEY = "/etc/ssh/ssh_host_ed25519_key"
CERTIFICATE = f"{KEY}-cert.pub"
"""Where ssh(1) looks for it, too, when it logs in from here (HostbasedAuthentication)."""
_SERVER = (
    f"HostCertificate {CERTIFICATE}",
    # The name that the certificate is for: addresses change, and a cloud's name server has longer names.
    "HostbasedUsesNameFromPacketOnly yes",
)
_SIGN = f"""set -e
test -e {KEY} || ssh-keygen -q -t ed25519 -N '' -f {KEY}
ssh-keygen -q -s {AUTHORITY} -h -I "$1" -n "$1" {KEY}.pub
{RELOAD}
"""
# ssh-keygen -L says the fingerprints of key and authority, and each name in a line.
_SIGNED = f"""held=$(ssh-keygen -L -f {CERTIFICATE}) || exit 1
for file in {KEY}.pub {AUTHORITY}; do
  print=$(ssh-keygen -l -f "$file" | cut -d ' ' -f 2)
  case $held in *"$print"*) ;; *) exit 1 ;; esac
done
printf '%s\\n' "$held" | grep -qx "[[:space:]]*$1"
"""
_MARK = "# cluster-provision: own"
_OWN = f"""set -e
others=$(grep -v ' {_MARK}$' {HOSTS} || true)
printf '%s\\n%s\\n' "$1" "$others" >{HOSTS}
"""


def resources(cluster: SlurmCluster, machine: str, address: str, authority: HostCa) -> list[Resource]:
    """Every machine knows the authority; a node, at this address, has a certificate, and believes the others."""
    nodes = tuple(each.name for each in cluster.nodes)
    if not nodes:
        return []
    known = Block(KNOWN_HOSTS, cluster.name, (f"@cert-authority {','.join(nodes)} {authority.public.strip()}",))
    if machine not in nodes:
        return [known]
    line = f"{address} {machine} {_MARK}"
    return [
        known,
        # The client says by which name it asks: what its own address is called, in the first line that has it.
        Command(
            "own address in front",
            ("sh", "-c", _OWN, "sh", line),
            unless=("sh", "-c", f'test "$(head -n 1 {HOSTS})" = "$1"', "sh", line),
        ),
        File(AUTHORITY, authority.private, "0600", secret=True),
        Command(
            "certificate of the host key",
            ("sh", "-c", _SIGN, "sh", machine),
            unless=("sh", "-c", _SIGNED, "sh", machine),
        ),
        *believing(cluster, nodes, _SERVER),
    ]
