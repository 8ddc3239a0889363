"""Slurm's metrics: by a program of the tool's own on every release, and by slurmctld itself where it has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cluster_provision.slurm.node_scripts import node_script
from cluster_provision.slurm.plan import Command, File, Folder, Resource, Service
from cluster_provision.slurm.roles.monitoring.gpus import has_exporter
from cluster_provision.slurm.roles.monitoring.places import PROGRAMS, TARGETS, TEXTFILES

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Monitoring, SlurmCluster

UNIT = "cluster-slurm-metrics"
PROGRAM = f"{PROGRAMS}/collect.py"
MACHINES = f"{PROGRAMS}/machines.json"
METRICS = f"{TEXTFILES}/cluster_slurm.prom"
_SERVICE = f"""# Written by cluster-provision.
[Unit]
Description=What Slurm says of its nodes and jobs, for Prometheus

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I {PROGRAM} {MACHINES} {METRICS} {TARGETS}
TimeoutStartSec=90
Nice=10
"""
_TIMER = """# Written by cluster-provision.
[Unit]
Description=Each minute what Slurm says, for Prometheus

[Timer]
OnActiveSec=1
OnUnitActiveSec=60
AccuracySec=1

[Install]
WantedBy=timers.target
"""


def resources(monitoring: Monitoring, cluster: SlurmCluster) -> list[Resource]:
    """The program, the machines that it knows, and its timer. It stops before its files go."""
    service, timer = (f"/etc/systemd/system/{UNIT}.{kind}" for kind in ("service", "timer"))
    return [
        Folder("/usr/local/lib/cluster-provision"),
        Folder(PROGRAMS),
        Folder(TARGETS, contents=True),
        File(PROGRAM, node_script("monitoring/collect.py")),
        File(MACHINES, _machines(monitoring, cluster)),
        File(service, _SERVICE),
        File(timer, _TIMER),
        Command("read the units of metrics again", ("systemctl", "daemon-reload"), unless=("true",), reads=(service,)),
        Service(f"{UNIT}.timer", restart_on=(timer, service, MACHINES)),
    ]


def _machines(monitoring: Monitoring, cluster: SlurmCluster) -> str:
    """The machines, as the program reads them."""
    listed = [
        {
            "name": each.name,
            "address": each.address,
            "part": part_of(cluster, each.name),
            "comes_and_goes": bool((node := cluster.node(each.name)) and node.cloud),
            "gpu_exporter": has_exporter(monitoring, cluster, each.name),
        }
        for each in cluster.machines
    ]
    return json.dumps(listed, indent=1) + "\n"


def part_of(cluster: SlurmCluster, name: str) -> str:
    """What dashboards sort machines by."""
    if name == cluster.controller:
        return "controller"
    return "node" if cluster.node(name) else "login" if name in cluster.logins else "storage"
