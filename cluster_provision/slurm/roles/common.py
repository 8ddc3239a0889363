"""What every machine of the cluster gets: names that resolve, and the right time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Block, Command, File, HostName, Packages, Resource, Service

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

HOSTS = "/etc/hosts"
CHRONY = "/etc/chrony/conf.d/cluster-provision.conf"
CHRONY_SOURCES = "/etc/chrony/sources.d/cluster-provision.sources"


def names(cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """The machine's own name, and the others' in its hosts file."""
    return [
        *([HostName(machine.name)] if cluster.set_hostname else []),
        *_own_name(machine, facts),
        Block(HOSTS, cluster.name, _hosts(cluster)),
    ]


def _hosts(cluster: SlurmCluster) -> tuple[str, ...]:
    """A line for each machine whose address isn't a name."""
    return tuple(
        " ".join((each.address, each.name, *each.aliases))
        for each in cluster.machines
        if re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*", each.address)
    )


_OWN_NAME = r"^[[:space:]]*(127\.[0-9.]+|::1)[[:space:]]([^#]*[[:space:]])?NAME([[:space:]#]|$)"
_MARK = "#cluster-provision: "


def _own_name(machine: Machine, facts: MachineFacts) -> list[Resource]:
    """Take the machine's own name off its loopback address, where the installer put it.

    A process that asks by which address others may reach it (torchrun, Gloo) would be told 127.0.1.1.
    """
    looped = re.compile(
        rf"^\s*#?(cluster-provision: )?(127\.[0-9.]+|::1)\s([^#]*\s)?{re.escape(machine.name)}([\s#]|$)"
    )
    if not any(looped.match(line) for line in facts.hosts_file.splitlines()):
        return []
    pattern = _OWN_NAME.replace("NAME", machine.name.replace(".", r"\."))
    return [
        Command(
            "own name off the loopback address",
            ("sed", "-i", "-E", f"s/{pattern}/{_MARK}&/", HOSTS),
            unless=("sh", "-c", '! grep -qE "$1" "$2"', "sh", pattern, HOSTS),
            undo=("sed", "-i", f"s/^{_MARK}//", HOSTS),
        )
    ]


def clock(cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """chrony, where nothing keeps the time yet: its package would take another time daemon's off the machine.

    Nodes ask the controller beside the package's own servers, which a closed network doesn't reach.
    """
    if any(daemon not in {"chrony", "chronyd"} for daemon in facts.time_daemons):
        return []
    if machine.name == cluster.controller:
        path, text = CHRONY, "allow\nlocal stratum 10\n"
    else:
        path, text = CHRONY_SOURCES, f"server {cluster.controller} iburst\n"
    return [
        Packages(("chrony",)),
        File(path, f"# Written by cluster-provision.\n{text}"),
        Service("chrony", restart_on=(path,)),
    ]
