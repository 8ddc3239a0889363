"""Whether the users and groups that the cluster makes have their numbers on every machine, or can get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding
from cluster_provision.slurm.cluster import ClusterUser
from cluster_provision.slurm.roles.slurm_user import DEBIANS_UID, NAME
from cluster_provision.slurm.roles.users import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject
    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.slurm.facts import MachineFacts


def users(subject: Subject) -> Finding:
    """Users of USERS_FILE, those who were in it too, and their groups."""
    own = tuple(ClusterUser(user.name, user.uid, user.gid) for user in subject.settings.users)
    found = (*own, *subject.former_users)
    wanted = {user.name: (user.uid, user.gid) for user in found}
    groups = {name: number for number, name in groups_of(found).items()}
    return finding(
        "users",
        _problems(subject, wanted, groups),
        f"{len(own) or 'none'} of USERS_FILE",
        "A user has the same numbers on every machine, since files on shared folders belong to numbers. Give the user "
        "other numbers in USERS_FILE, or change the machine's (usermod, groupmod).",
    )


def slurm_user(subject: Subject) -> Finding:
    """Slurm's own user: slurmd refuses a controller whose user has another number (slurm.conf(5), SlurmUser)."""
    number = _slurm_number(subject.settings)
    return finding(
        "user slurm",
        _problems(subject, {NAME: (number, number)}, {NAME: number}),
        f"{number} everywhere",
        "Slurm's user and its group have one number on all machines. SLURM_USER_UID sets another, which must be free "
        f"or {NAME}'s everywhere; or change the machine's (usermod, groupmod).",
    )


def asked_users(settings: ExistingSettings) -> tuple[str | int, ...]:
    """The names and numbers of users that these checks need to know of, for the facts."""
    number = _slurm_number(settings)
    return (NAME, number, *(each for user in settings.users for each in (user.name, user.uid)))


def asked_groups(settings: ExistingSettings) -> tuple[str | int, ...]:
    """The names and numbers of groups that these checks need to know of, for the facts."""
    found = groups_of(tuple(ClusterUser(user.name, user.uid, user.gid) for user in settings.users))
    return (NAME, _slurm_number(settings), *found.keys(), *found.values())


def _slurm_number(settings: ExistingSettings) -> int:
    """The number of Slurm's own user and group."""
    return settings.slurm_user_uid or DEBIANS_UID


def _problems(subject: Subject, users: dict[str, tuple[int, int]], groups: dict[str, int]) -> dict[str, str]:
    problems = {
        name: "; ".join(_on_one(seen.facts, users, groups, ours=subject.is_ours(name)))
        for name, seen in subject.seen.items()
    }
    return {name: f"has {told}" for name, told in problems.items() if told}


def _on_one(
    facts: MachineFacts, users: dict[str, tuple[int, int]], groups: dict[str, int], *, ours: bool
) -> Iterable[str]:
    """What the machine's own users and groups don't leave free: a name's number must be its own, or nobody's.

    Where the machine is in the cluster already, a user whom the cluster made may change to another group.
    """
    owners = {account.uid: name for name, account in facts.users.items()}
    for name, (uid, gid) in users.items():
        there = facts.users.get(name)
        if there is not None and there.uid != uid:
            yield f"the user {name} with the number {there.uid}, not {uid}"
        elif there is not None and there.gid != gid and not ours:
            yield f"the user {name} in the group {there.gid}, not {gid}"
        elif there is None and uid in owners:
            yield f"the user {owners[uid]} with the number {uid} of {name}"
    holders = {number: name for name, number in facts.groups.items()}
    for name, gid in groups.items():
        if facts.groups.get(name, gid) != gid:
            yield f"the group {name} with the number {facts.groups[name]}, not {gid}"
        elif name not in facts.groups and gid in holders:
            yield f"the group {holders[gid]} with the number {gid} of {name}"
