"""Reads the cluster's users: a file with one a line, `name:uid[:gid[:sudo]]:ssh key`, and lists of users' names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from cluster_provision.settings.readers.linux import USER_NAME
from cluster_provision.settings.readers.lists import read_entries
from cluster_provision.settings.reading import BadValue, shown
from cluster_provision.settings.ssh_keys import key_for_login

FIRST_UID = 1000  # login.defs(5), UID_MIN: those below are the system's
LAST_UID = 2**31 - 1
# systemd.io/UIDS-GIDS: homed, dynamic users, nobody and the number that means none.
_SYSTEMD = range(60001, 65536)
_FORM = "name:uid:ssh key, name:uid:gid:ssh key or name:uid:gid:sudo:ssh key"
_KEY = ("ssh-", "ecdsa-", "sk-")

# Debian's base-passwd, and what Slurm's packages and a machine's own services run as.
_SYSTEM_USERS = frozenset(
    {"root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data"}
    | {"backup", "list", "irc", "gnats", "nobody", "_apt", "messagebus", "sshd", "munge", "slurm", "mysql", "statd"}
    | {"_rpc", "_chrony", "systemd-network", "systemd-resolve", "systemd-timesync", "systemd-coredump", "polkitd"}
    | {"syslog", "tss", "uuidd", "nvidia-persistenced", "_munge", "prometheus"}
)


@dataclass(frozen=True)
class ClusterUser:
    """A user of the cluster, the same on every machine. Each of `keys` is a line of authorized_keys."""

    name: str
    uid: int
    gid: int
    sudo: bool
    keys: tuple[str, ...]


def users_of(text: str) -> tuple[ClusterUser, ...]:
    """Return the users of a file, in order. A further line of the same user adds a key.

    Blank lines and lines that begin with # are skipped. Raises BadValue with a reason for every bad line, with its
    number.
    """
    _refuse_private_key(text)
    found: dict[str, ClusterUser] = {}
    lines: dict[str, int] = {}
    owners: dict[int, str] = {}
    reasons: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            user = _user(line.strip())
            before = found.get(user.name)
            if before is not None:
                user = _with_key(before, user, lines[user.name])
            elif user.uid in owners:
                other = owners[user.uid]
                raise BadValue(f"has the uid {user.uid}, which {other} has in line {lines[other]}")
        except BadValue as bad:
            reasons += [f"line {number} {reason}" for reason in bad.reasons]
            continue
        found[user.name] = user
        owners[user.uid] = user.name
        lines.setdefault(user.name, number)
    if not reasons and not found:
        reasons.append(f"names no user; each line is {_FORM}")
    if reasons:
        raise BadValue(*reasons)
    return tuple(found.values())


@dataclass(frozen=True)
class UserNames:
    """Users' names, separated by commas, each once."""

    type_name: str = "list of users"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return f"names, separated by commas: {USER_NAME.allowed.removeprefix('allowed are ')}"

    def read(self, text: str) -> tuple[str, ...]:
        """Return the names in order. Raises BadValue with a reason for every bad one."""
        return tuple(dict.fromkeys(read_entries(text, USER_NAME.read)))

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def _refuse_private_key(text: str) -> None:
    """Raise BadValue where the text has one, of which no line may be shown."""
    before, begin, _ = text.partition("PRIVATE KEY-----")
    if begin:
        number = before.count("\n") + 1
        raise BadValue(f"line {number} begins a private key; a user's line has the public one, as the file .pub has it")


def _user(line: str) -> ClusterUser:
    fields = line.split(":")
    at = next((i for i, each in enumerate(fields) if i >= 1 and each.strip().startswith(_KEY)), None)
    if at is None:
        raise BadValue(
            f"({shown(fields[0])}) has no ssh key, such as ssh-ed25519 and what follows it; the form is {_FORM}"
        )
    name, *numbers = (each.strip() for each in fields[:at])
    if not 1 <= len(numbers) <= 3:
        raise BadValue(f"({shown(name)}) has {len(numbers)} fields between name and key; the form is {_FORM}")
    reasons = [f"({shown(name)}) {reason}" for reason in _reasons(_name, name)]
    reasons += [f"({shown(name)}) {reason}" for reason in _reasons(_number, numbers[0], "uid")]
    gid = numbers[1] if len(numbers) > 1 and numbers[1] else numbers[0]
    if gid == "sudo" and len(numbers) == 2:
        form = f"{name}:{numbers[0]}:{numbers[0]}:sudo:<ssh key>"
        reasons.append(f"({shown(name)}) has the word sudo in the place of the group's number; write {shown(form)}")
    elif gid != numbers[0]:
        reasons += [f"({shown(name)}) {reason}" for reason in _reasons(_number, gid, "gid")]
    if len(numbers) > 2 and numbers[2] not in ("sudo", ""):
        reasons.append(
            f"({shown(name)}) has {shown(numbers[2])} in the place of the word sudo; leave it empty for none"
        )
    key = ":".join(fields[at:]).strip()
    reasons += [f"({shown(name)}) {reason}" for reason in _reasons(key_for_login, key)]
    if reasons:
        raise BadValue(*reasons)
    return ClusterUser(
        name, int(numbers[0]), int(gid), len(numbers) > 2 and numbers[2] == "sudo", (key_for_login(key),)
    )


def _reasons(check: Any, *values: str) -> tuple[str, ...]:
    try:
        check(*values)
    except BadValue as bad:
        return bad.reasons
    return ()


def _name(text: str) -> None:
    USER_NAME.read(text)
    if text in _SYSTEM_USERS or text.startswith("systemd-"):
        raise BadValue("is a user of the system's own; give the person another name")


def _number(text: str, what: str) -> None:
    if not re.fullmatch("[0-9]{1,10}", text):
        raise BadValue(f"has the {what} {shown(text)}, which is no number")
    number = int(text)
    if number < FIRST_UID:
        raise BadValue(f"has the {what} {number}; those below {FIRST_UID} are the system's")
    if number in _SYSTEMD:
        raise BadValue(f"has the {what} {number}; {_SYSTEMD.start} to {_SYSTEMD.stop - 1} are systemd's, and nobody's")
    if number > LAST_UID:
        raise BadValue(f"has the {what} {number}; the highest is {LAST_UID}")


def _with_key(before: ClusterUser, again: ClusterUser, line: int) -> ClusterUser:
    """Return the user with a further key. Raises BadValue where the lines differ in anything else."""
    if replace(again, keys=before.keys) != before:
        raise BadValue(
            f"({again.name}) differs from line {line}, which has the same name; a further key needs the same numbers"
        )
    if again.keys[0].split()[1] in {key.split()[1] for key in before.keys}:
        raise BadValue(f"({again.name}) has the key of line {line} again")
    return replace(before, keys=(*before.keys, *again.keys))
