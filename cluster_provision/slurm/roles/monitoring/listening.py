"""Where an exporter listens, and who may ask it: the cluster's own network, and nobody else."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, File, Resource, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts


def listens_at(machine: Machine, facts: MachineFacts, port: int) -> str:
    """The address by which the others reach the machine.

    Of a machine that they know by its name it is the one of its own that its name leads to, else its first one.
    """
    named = [each for name in (machine.name, facts.name) for each in facts.names.get(name, ())]
    own = [*(each for each in named if each in facts.addresses), *_four_first(facts.addresses)]
    address = next((each for each in (machine.address, *own) if _is_address(each)), machine.address)
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def service(
    cluster: SlurmCluster, name: str, lines: Iterable[str] = (), restart_on: Sequence[str] = ()
) -> list[Resource]:
    """A unit of an exporter's package, with further `lines` for its section Service.

    It starts again until the machine has its address. Where the controller's addresses are known, nobody else's
    packets reach it (systemd.resource-control(5), IPAddressAllow); a kernel without BPF leaves that out.
    """
    controller = cluster.machine(cluster.controller)
    senders = " ".join(dict.fromkeys(("localhost", controller.address, *controller.addresses)))
    allowed = ["IPAddressDeny=any", f"IPAddressAllow={senders}"] if _is_address(controller.address) else []
    path = f"/etc/systemd/system/{name}.service.d/cluster-provision.conf"
    unit = ["[Unit]", "Wants=network-online.target", "After=network-online.target", "StartLimitIntervalSec=0", ""]
    section = ["[Service]", "Restart=on-failure", "RestartSec=5", *allowed, *lines]
    return [
        File(path, "\n".join(["# Written by cluster-provision.", *unit, *section]) + "\n"),
        Command(f"read the unit {name} again", ("systemctl", "daemon-reload"), unless=("true",), reads=(path,)),
        Service(name, restart_on=(path, *restart_on)),
    ]


def _four_first(addresses: Iterable[str]) -> list[str]:
    return sorted(addresses, key=lambda each: ":" in each)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
