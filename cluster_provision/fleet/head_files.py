"""The files on the head that list the machines, by their paths below the user's home."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Fleet, Host

KEY = "cluster_key"
CONFIG = "cluster_config"
KNOWN_HOSTS = "cluster_known_hosts"
INCLUDE = f"Include {CONFIG}"
"""The tool's only line in the user's own ~/.ssh/config."""

HEADING = "# Written by cluster-provision; UpdateHosts overwrites any changes.\n"


def head_files(fleet: Fleet) -> dict[str, str]:
    """Return all of them. hostfile and hostfile-ip have the same order, with the head first."""
    return {
        "hostfile": "".join(f"{host.name}\n" for host in fleet.hosts),
        "hostfile-ip": "".join(f"{host.address}\n" for host in fleet.hosts),
        f".ssh/{KNOWN_HOSTS}": HEADING + "".join(_known(host) for host in fleet.hosts),
        f".ssh/{CONFIG}": HEADING + "".join(_stanza(host, fleet.user) for host in fleet.hosts),
    }


def _known(host: Host) -> str:
    names = (host.name, host.address)
    patterns = ",".join(names if host.port == 22 else (f"[{name}]:{host.port}" for name in names))
    return "".join(f"{patterns} {' '.join(key.split()[:2])}\n" for key in host.host_keys)


def _stanza(host: Host, user: str) -> str:
    """Return an entry that maps a name to an address without a name server, and that requires a known host key."""
    port = "" if host.port == 22 else f"    Port {host.port}\n"
    return (
        f"Host {host.name} {host.address}\n"
        f"    HostName {host.address}\n"
        f"{port}"
        f"    User {user}\n"
        f"    IdentityFile ~/.ssh/{KEY}\n"
        "    IdentitiesOnly yes\n"
        f"    UserKnownHostsFile ~/.ssh/{KNOWN_HOSTS}\n"
        "    StrictHostKeyChecking yes\n"
    )
