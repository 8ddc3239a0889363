"""Whether a share that is to be mounted would hide the home by whose keys the tool, and its user, log in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.subject import finding

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject
    from cluster_provision.settings.existing.machines import GivenMachine
    from cluster_provision.settings.existing.nfs import NfsMount
    from cluster_provision.slurm.facts import Home

ADVICE = (
    "sshd(8) reads a user's keys in the home, and takes them only where the home is the user's own. Have the share "
    "hold the same keys, with the user's number as their owner; or give another SSH_USER, whose home is not on the "
    "share, such as root. Where you know that the share is right, mount it yourself first, by a line in /etc/fstab, "
    "and try ssh: what is mounted already is left as it is."
)
FIRST_PERSON, LAST_PERSON = 1000, 60000
"""Numbers of people's accounts (login.defs(5))."""


def mounts(subject: Subject) -> Finding:
    """Look at the account by which each machine is reached, and note the homes of others that will be out of sight."""
    problems: dict[str, str] = {}
    hidden: dict[tuple[str, str], list[str]] = {}
    for machine in subject.settings.machines:
        for share in _to_mount(subject, machine.name):
            if problem := _shut_out(subject, machine, share):
                problems[machine.name] = problem
            if others := _others(subject, machine, share):
                hidden.setdefault((share.mountpoint, ", ".join(others)), []).append(machine.name)
    count = len(subject.settings.nfs_mounts)
    notes = tuple(
        f"{', '.join(names)}: the share on {target} will hide the homes of {others}, which are there now; they are in "
        "their place again after Destroy"
        for (target, others), names in hidden.items()
    )
    return finding("mounts", problems, f"{count or 'none'} of NFS_MOUNTS", ADVICE) + Finding(notes=notes)


def _to_mount(subject: Subject, name: str) -> list[NfsMount]:
    """What the machine is to mount, and hasn't mounted yet. The server's own plan spares the home."""
    seen = subject.seen.get(name)
    if seen is None or name not in subject.settings.nfs_clients:
        return []
    there = {each.target for each in seen.facts.mounts}
    return [each for each in subject.settings.nfs_mounts if each.server != name and each.mountpoint not in there]


def _shut_out(subject: Subject, machine: GivenMachine, share: NfsMount) -> str:
    """Why nobody could log in to the machine any more as the account by which the tool does; empty for no reason."""
    facts = subject.seen[machine.name].facts
    account = facts.users.get(machine.user)
    if account is None or machine.password or not _lies_in(account.home, share.mountpoint):
        return ""
    here = facts.homes.get(account.home)
    if here is not None and not here.keys:
        return ""  # the keys are elsewhere
    place = str(PurePosixPath(share.path) / PurePosixPath(account.home).relative_to(share.mountpoint))
    what = _amiss(subject, share.server, place, account.uid, here)
    if not what:
        return ""
    return f"would mount {share.server}:{share.path} over {account.home}, the home of {machine.user}{what}"


def _amiss(subject: Subject, server: str, place: str, uid: int, here: Home | None) -> str:
    """What keeps the folder that takes the home's place from letting the account in: the end of a sentence."""
    if server not in subject.seen:
        return ", and can't see before whether the share has the keys by which the tool logs in"
    shared = subject.seen[server].facts.homes.get(place)
    if here is None:
        return ", whose keys could not be looked at"
    if shared is None:
        return f", and {server} has no {place}"
    if shared.owner not in (0, uid):
        return f", whose number is {uid}; {place} on {server} belongs to {shared.owner}"
    lacking = len({*here.keys} - {*shared.keys})
    return (
        f"; {place} on {server} lacks {lacking} of the {len(here.keys)} ssh keys that log in there" if lacking else ""
    )


def _others(subject: Subject, machine: GivenMachine, share: NfsMount) -> list[str]:
    """People whose homes are out of sight then: neither the tool's account nor users of the cluster."""
    known = {machine.user, *(user.name for user in subject.settings.users)}
    return sorted(
        name
        for name, account in subject.seen[machine.name].facts.users.items()
        if FIRST_PERSON <= account.uid < LAST_PERSON and name not in known and _lies_in(account.home, share.mountpoint)
    )


def _lies_in(path: str, folder: str) -> bool:
    return bool(path) and PurePosixPath(path).is_relative_to(folder)
