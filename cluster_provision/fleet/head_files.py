"""The files on the head that say which machines there are, by their paths below the user's home."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Fleet, Host

KEY = "cluster_key"
CONFIG = "cluster_config"
KNOWN_HOSTS = "cluster_known_hosts"
INCLUDE = f"Include {CONFIG}"
"""The one line of the tool's in the user's own ~/.ssh/config."""

HEADING = "# Written by cluster-provision, and written anew by UpdateHosts: changes don't last.\n"


def head_files(fleet: Fleet) -> dict[str, str]:
    """All of them. hostfile and hostfile-ip have the same order, the head first."""
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
    """Names lead to addresses without a name server, and nobody is spoken to whose key isn't known."""
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
