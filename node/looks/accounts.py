"""Users and groups, and by which keys they log in."""

from __future__ import annotations

import contextlib
import grp
import hashlib
import os
import pwd
import re
from typing import TYPE_CHECKING, Any

from node.looks.reading import ROOT, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY_FILES = ("authorized_keys", "authorized_keys2")  # sshd_config(5), AuthorizedKeysFile


def users(more: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Users of /etc/passwd, and those asked for that only a directory service knows."""
    found = {}
    for line in text_of("/etc/passwd").splitlines():
        fields = line.split(":")
        if len(fields) == 7 and fields[2].isdigit() and fields[3].isdigit():
            found[fields[0]] = {"uid": int(fields[2]), "gid": int(fields[3]), "home": fields[5], "shell": fields[6]}
    for each in () if ROOT else more:
        with contextlib.suppress(KeyError, ValueError, TypeError):
            told = pwd.getpwuid(each) if isinstance(each, int) else pwd.getpwnam(each)
            entry = {"uid": told.pw_uid, "gid": told.pw_gid, "home": told.pw_dir, "shell": told.pw_shell}
            found.setdefault(told.pw_name, entry)
    return found


def groups(more: Iterable[Any]) -> dict[str, int]:
    """Groups of /etc/group, and those asked for that only a directory service knows."""
    found = {}
    for line in text_of("/etc/group").splitlines():
        fields = line.split(":")
        if len(fields) == 4 and fields[2].isdigit():
            found[fields[0]] = int(fields[2])
    for each in () if ROOT else more:
        with contextlib.suppress(KeyError, ValueError, TypeError):
            told = grp.getgrgid(each) if isinstance(each, int) else grp.getgrnam(each)
            found.setdefault(told.gr_name, told.gr_gid)
    return found


def homes(logins: Iterable[str], folders: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The homes of these accounts, and what may be their homes in these folders: the folder itself, or one of its
    folders. Each with its owner's number, and digests of the ssh keys that may log in."""
    accounts = users(logins)
    names = [name for name in logins if name in accounts]
    places = [accounts[name]["home"] for name in names]
    places += [path for folder in folders for path in (folder, *(f"{folder}/{name}" for name in names))]
    found = {}
    for place in places:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            lines = [line for name in KEY_FILES for line in text_of(f"{place}/.ssh/{name}").splitlines()]
            found[place] = {"owner": os.stat(ROOT + place).st_uid, "keys": sorted({*filter(None, map(digest, lines))})}
    return found


def digest(line: str) -> str:
    """Of the key in a line of authorized_keys, whatever options and words are about it; empty for no key."""
    key = re.search(r"(?:^|\s)(?:ssh-|ecdsa-|sk-)\S+\s+(AAAA[A-Za-z0-9+/=]+)", line)
    return hashlib.sha256(key[1].encode()).hexdigest() if key and not line.lstrip().startswith("#") else ""
