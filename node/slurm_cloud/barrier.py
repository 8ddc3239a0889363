"""Keeps users off the metadata server, which would give them the machine's own rights."""

from __future__ import annotations

from node.machine.programs import Failure, run

# https://cloud.google.com/compute/docs/metadata/overview and
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service: the same address on both clouds.
ADDRESS = "169.254.169.254"
# chrony takes the time from there on Google Cloud (udp, untouched); name lookups may go there too. So web ports alone.
_RULE = ("OUTPUT", "-d", f"{ADDRESS}/32", "-p", "tcp", "--dport", "80")
# iptables-extensions(8), owner: numbers of users. System accounts (below 1000) are the image's own agents.
_PERSONS = ("-m", "owner", "--uid-owner", "1000-4294967294", "-j", "REJECT")


def bar_users() -> str:
    """Reject what users send there; returns why it can't be, empty where it is so."""
    rule = (*_RULE, *_PERSONS)
    try:
        if run("iptables", "-w", "-C", *rule)[0] == 0:
            return ""
        status, said = run("iptables", "-w", "-I", *rule)
    except Failure as failure:
        return f"users of this machine are not kept off the metadata server: {failure}"
    last = (said.strip().splitlines() or ["no word"])[-1]
    return f"users of this machine are not kept off the metadata server: iptables: {last}" if status else ""
