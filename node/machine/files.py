"""Files that are there whole or not at all, and the tables of accounts and mounts.

CLUSTER_PROVISION_ROOT is a folder that stands for / in tests and on simulated machines. Whoever isn't root owns all
that lies there: owners are neither compared nor set.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import re
import stat
import time
from typing import TYPE_CHECKING, Any

from node.machine.programs import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

ROOT = os.environ.get("CLUSTER_PROVISION_ROOT", "").rstrip("/")
OWNING = os.geteuid() == 0 or not ROOT
HOME = "/var/lib/cluster-provision"
"""A folder a cluster that the machine belongs to."""
ABSENT: Json = {"type": "absent"}
TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}


def capture(path: str) -> Json:
    """Return what is at `path`, as JSON from which `put` makes it again. A link is not followed, other than a folder's.

    A file has its `data` in base64; `mode` is octal text.
    """
    try:
        with opened(os.path.dirname(path)) as folder:
            name = os.path.basename(path)
            state = described(os.stat(name, dir_fd=folder, follow_symlinks=False))
            if state["type"] == "link":
                state["target"] = os.readlink(name, dir_fd=folder)
            if state["type"] == "file":
                with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
                    state["data"] = base64.b64encode(file.read()).decode()
            return state
    except FileNotFoundError:
        return ABSENT


def put(path: str, state: Json, durable: bool = False) -> None:
    """Have at `path` what `capture` returned, or `regular`. A file comes by a rename, so it is the old or the new one.

    With `durable`, it is so after a power cut, too. Raises Failure for an unknown owner, OSError.
    """
    if state == ABSENT and not os.path.isdir(ROOT + os.path.dirname(path)):
        return
    with opened(os.path.dirname(path)) as folder:
        name = os.path.basename(path)
        new = f".{name}.cluster-provision"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new, dir_fd=folder)  # of a run that was killed
        if state["type"] == "absent":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
        elif state["type"] == "folder":
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=folder)
            with opened(path) as made:
                own(made, state)
        elif state["type"] == "link":
            os.symlink(state["target"], new, dir_fd=folder)
            os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            write(folder, new, state)
            rename(folder, new, name, state)
        if durable:
            os.fsync(folder)


def write(folder: int, name: str, state: Json, flags: int = os.O_CREAT | os.O_EXCL) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | flags, 0o600, dir_fd=folder)
    try:
        with open(fd, "wb") as file:
            file.write(base64.b64decode(state["data"]))
            file.flush()
            own(fd, state)
            os.fsync(fd)
    except BaseException:
        if flags & os.O_EXCL:
            os.unlink(name, dir_fd=folder)  # a full disk needs the room
        raise


def rename(folder: int, new: str, name: str, state: Json) -> None:
    try:
        os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as failure:
        os.unlink(new, dir_fd=folder)
        if failure.errno != errno.EBUSY:
            raise
        # Mounted by itself, as /etc/hosts is in containers: it can only be written in place.
        write(folder, name, state, os.O_TRUNC)


@contextlib.contextmanager
def opened(path: str) -> Iterator[int]:
    """Yield a folder's descriptor. Links on the way are followed, but none from a user's folder to what isn't theirs.

    Who owns a folder can put a link there at any time, and root would write where the user wants. Raises Failure then,
    and FileNotFoundError.
    """
    fd = os.open(ROOT or "/", os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in path.split("/"):
            if part == "..":
                raise Failure(f"{path}: '..' is not allowed in a path")
            try:
                inner = enter(fd, part or ".")
            except OSError as failure:
                raise type(failure)(failure.errno, failure.strerror, path) from None
            os.close(fd)
            fd = inner
        yield fd
    finally:
        os.close(fd)


def enter(folder: int, name: str) -> int:
    flags, user = os.O_RDONLY | os.O_DIRECTORY, os.fstat(folder).st_uid
    if user in (0, os.geteuid()):
        return os.open(name, flags, dir_fd=folder)
    try:
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=folder)
    except OSError as failure:
        if failure.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
    inner = os.open(name, flags, dir_fd=folder)
    if os.fstat(inner).st_uid != user:
        os.close(inner)
        raise Failure(f"{name} is a symbolic link of user {user}, which leads to what isn't theirs")
    return inner


def described(info: os.stat_result) -> Json:
    kind = TYPES.get(stat.S_IFMT(info.st_mode), "device, pipe or socket")
    return {"type": kind, "mode": f"{stat.S_IMODE(info.st_mode):04o}", "uid": info.st_uid, "gid": info.st_gid}


def regular(text: str, mode: str = "0644", owner: str = "root", group: str = "root") -> Json:
    """Return the state of a file with this text. An owner that isn't there yet is a name in it, not a number."""
    data = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
    return {**attributes("file", mode, owner, group), "data": data}


def attributes(kind: str, mode: str, owner: str, group: str) -> Json:
    uid, gid = (number("passwd", owner), number("group", group)) if OWNING else (os.geteuid(), os.getegid())
    return {"type": kind, "mode": f"{int(mode, 8):04o}", "uid": uid, "gid": gid}


def own(fd: int, state: Json) -> None:
    for what in ("uid", "gid"):
        if isinstance(state[what], str):
            raise Failure(f"there is no {'user' if what == 'uid' else 'group'} {state[what]}")
    if OWNING:
        os.fchown(fd, state["uid"], state["gid"])
    os.fchmod(fd, int(state["mode"], 8))


def text(state: Json) -> str:
    """Return a file's text, empty for what is none."""
    return base64.b64decode(state.get("data", "")).decode("utf-8", "surrogateescape")


def read_json(path: str) -> Any:
    """Return what a file holds, None without one. Raises Failure where it isn't JSON."""
    state = capture(path)
    try:
        return None if state == ABSENT else json.loads(text(state))
    except ValueError as failure:
        raise Failure(f"{path} is damaged: {failure}") from None


def table(name: str) -> dict[str, list[str]]:
    """Return /etc/passwd, group or shadow: the fields after the name, by name. What may not be read is empty."""
    try:
        with open(f"{ROOT}/etc/{name}", encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.rstrip("\n").split(":") for line in file]
    except (FileNotFoundError, PermissionError):
        return {}
    return {fields[0]: fields[1:] for fields in lines if len(fields) > 2}


def number(name: str, entry: str) -> Any:
    """Return a user's or a group's number, or its name where it has none."""
    fields = table(name).get(entry)
    return int(fields[1]) if fields and fields[1].isdigit() else entry


def mounted() -> set[str]:
    """Return where file systems are mounted."""
    try:
        with open(f"{ROOT}/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as file:
            targets = [line.split(" ")[1] for line in file]
    except FileNotFoundError:
        return set()
    return {re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), target) for target in targets}


def refuse_mounts(path: str) -> None:
    """Raise Failure where something is mounted in a folder that is to be deleted: it would be emptied, too."""
    for target in mounted():
        if f"{target}/".startswith(f"{path}/"):
            raise Failure(f"{target} is mounted there")


def utc() -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
