"""Keeps users off the metadata server, which would give them the machine's own rights."""

from __future__ import annotations

from node.machine.programs import Failure, run

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
        return f"users of this machine are not kept off the metadata server: {failure}"
    last = (said.strip().splitlines() or ["no word"])[-1]
    return f"users of this machine are not kept off the metadata server: iptables: {last}" if status else ""
