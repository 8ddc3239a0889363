"""Which keys the machines are known by, before anything is said to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import HostKeyMismatch, ProvisionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.fleet.host_keys import Shown


def unknown(shown: Sequence[Shown]) -> ProvisionError:
    """The error of machines whose keys nobody has vouched for: their fingerprints, and the lines to copy."""
    told = [each for each in shown if each.line]
    prints = "\n".join(f"  {each.host.name} ({each.host.address}): {each.fingerprint}" for each in told)
    lines = "\n".join(f"  {known_hosts_line(each)}" for each in told)
    return HostKeyMismatch(
        f"it is not known by which host keys these machines prove who they are; now they show:\n{prints}",
        "Compare the fingerprints with those on the machines (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), put "
        f"these lines into a file, mount it and name it in SSH_KNOWN_HOSTS:\n{lines}\n"
        "In a network where nobody can come between, SSH_HOST_KEYS=accept-new takes what they show the first time.",
    )


def changed(shown: Sequence[Shown], kept: Mapping[str, Sequence[str]]) -> list[ProvisionError]:
    """An error for each machine that shows another key than the one that the cluster's state has kept."""
    return [
        HostKeyMismatch(
            f"{each.host.name} at {each.host.address} shows another host key than before: {each.fingerprint}",
            "If the machine was installed anew, name its new key in SSH_KNOWN_HOSTS. Otherwise something is between "
            "this host and the machine: give it nothing.",
        )
        for each in shown
        if each.line and kept.get(each.host.name) and each.line not in kept[each.host.name]
    ]


def known_hosts_line(shown: Shown) -> str:
    """The line of a known_hosts file (sshd(8)) for the machine."""
    host = shown.host
    place = host.address if host.port == 22 else f"[{host.address}]:{host.port}"
    return f"{place} {shown.line}"
