"""Keeps users off the metadata server, which would give them the machine's own rights."""

from __future__ import annotations

import os

from node.machine.programs import Failure, run, telling
from node.slurm_cloud.place import ROOT
from node.slurm_cloud.programs import CURRENT

# https://cloud.google.com/compute/docs/metadata/overview and
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service: the same address on both clouds.
METADATA = ("169.254.169.254", "80")
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16: what hands the agent its secrets.
WIRE_SERVER = ("168.63.129.16", "80,32526")
ADDRESSES = {"gcp": (METADATA,), "azure": (METADATA, WIRE_SERVER)}
# chrony takes the time from there on Google Cloud (udp, untouched); name lookups may go there too. So web ports alone.
_PORTS = ("-p", "tcp", "-m", "multiport", "--dports")
# iptables-extensions(8), owner: numbers of users. System accounts (below 1000) are the image's own agents.
_PERSONS = ("-m", "owner", "--uid-owner", "1000-4294967294", "-j", "REJECT")

NOT_KEPT = "users of this machine are not kept off the metadata server"
UNIT = "cluster-slurm-barrier.service"
_UNIT_FILE = f"{ROOT}/etc/systemd/system/{UNIT}"
# iptables' rules end with the boot. Until systemd-user-sessions(8) has run, nobody but root logs in; the others run
# what users have left.
_UNIT = f"""# Written by cluster-provision.
[Unit]
Description=Keeps users off the metadata server
Before=systemd-user-sessions.service cron.service atd.service slurmd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/env python3 -E -s -m node.slurm_cloud bar
WorkingDirectory={CURRENT}

[Install]
WantedBy=multi-user.target
"""


def keep_users_off(cloud: str) -> str:
    """Reject what users send there, now and at each start before they can; returns why it can't be, else nothing."""
    why = bar_users(cloud)
    try:
        os.makedirs(os.path.dirname(_UNIT_FILE), exist_ok=True)
        with open(_UNIT_FILE, "w", encoding="utf-8") as file:
            file.write(_UNIT)
        status, said = run("systemctl", "enable", "--quiet", UNIT)
    except (Failure, OSError) as failure:
        status, said = 1, str(failure)
    return why or (f"{NOT_KEPT} at its next start: {telling(said)}" if status else "")


def bar_users(cloud: str) -> str:
    """Reject what users send there; returns why it can't be, empty where it is so."""
    found = (_bar(("OUTPUT", "-d", f"{address}/32", *_PORTS, ports, *_PERSONS)) for address, ports in ADDRESSES[cloud])
    return next((why for why in found if why), "")


def _bar(rule: tuple[str, ...]) -> str:
    try:
        if run("iptables", "-w", "-C", *rule)[0] == 0:
            return ""
        status, said = run("iptables", "-w", "-I", *rule)
    except Failure as failure:
        return f"{NOT_KEPT}: {failure}"
    return f"{NOT_KEPT}: iptables: {telling(said)}" if status else ""
