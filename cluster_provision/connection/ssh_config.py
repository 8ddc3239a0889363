"""A part of ssh_config(5) by which any SSH client gets to a cluster's machines through the tool: ssh, scp, VS Code."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cluster_provision.fleet.model import Fleet, Host

LOGIN_SECONDS = 60
"""The tool finds the cluster first: a client that gives up sooner never gets there."""


def ssh_config(fleet: Fleet, cluster: str, called: Sequence[str]) -> str:
    """The part for these machines. `called` are the words that run the tool with the cluster's settings.

    Where the tool brings a key of its own, the user is whoever calls ssh: the machines' own users have their keys.
    """
    lines = [
        f"# The machines of {cluster}. Save it as ~/.ssh/{cluster}.config, and begin ~/.ssh/config with the line",
        f"#   Include {cluster}.config",
        f"# `Connect --known-hosts` prints what belongs into ~/.ssh/{cluster}.known_hosts.",
    ]
    for host in fleet.hosts:
        lines += ["", f"Host {host.name}", *(f"  {line}" for line in _lines(fleet, host, cluster, called))]
    return "\n".join(lines)


def known_hosts(fleet: Fleet) -> str:
    """The keys by which the machines prove who they are, as known_hosts has them (sshd(8))."""
    return "\n".join(f"{host.name} {key}" for host in fleet.hosts for key in host.host_keys)


def _lines(fleet: Fleet, host: Host, cluster: str, called: Sequence[str]) -> list[str]:
    way = shlex.join((*called, "Connect", "--stdio", host.name)).replace("%", "%%")
    lines = [
        f"HostKeyAlias {host.name}",
        f"ProxyCommand {way}",
        f"ConnectTimeout {LOGIN_SECONDS}",
        f"UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/{cluster}.known_hosts",
    ]
    if fleet.keys.private is None:
        lines.insert(0, f"User {host.user or fleet.user}")
        if key := host.key_file or fleet.keys.path:
            lines.append(f"IdentityFile {_quoted(key)}")
    return lines


def _quoted(path: Path) -> str:
    """The path as one word, in which ssh replaces nothing."""
    return '"' + str(path).replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"') + '"'
