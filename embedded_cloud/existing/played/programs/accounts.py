"""useradd(8) and its like: users and groups in the machine's own files."""

from __future__ import annotations

import grp
import pwd
import shutil
from typing import TYPE_CHECKING

from embedded_cloud.existing.played.accounts import groups, users, write_groups, write_users

if TYPE_CHECKING:
    from embedded_cloud.existing.played.process import Call

# Of useradd(8) and groupadd(8).
IN_USE, UNKNOWN, NUMBER_TAKEN, NO_GROUP = 9, 6, 4, 6
FIRST, FIRST_OF_SYSTEM = 1000, 100


def useradd(call: Call) -> int:
    name, there = call.operands[-1], users(call.machine)
    uid = int(call.option("--uid", "-u") or _free([each.pw_uid for each in there.values()], call))
    if name in there:
        return call.fail(f"useradd: user '{name}' already exists", IN_USE)
    if uid in {each.pw_uid for each in there.values()}:
        return call.fail(f"useradd: UID {uid} is not unique", NUMBER_TAKEN)
    group = call.option("--gid", "-g")
    gid = _gid(call, group) if group else uid
    if gid is None:
        return call.fail(f"useradd: group '{group}' does not exist", NO_GROUP)
    if not group:
        _add_group(call, name, gid)
    home = call.option("--home", "--home-dir", "-d") or f"/home/{name}"
    there[name] = pwd.struct_passwd((name, "x", uid, gid, "", home, call.option("--shell", "-s") or "/bin/sh"))
    write_users(call.machine, there)
    _set_shadow(call, name, "1" if call.option("--expiredate", "-e") == "1" else "")
    _join(call, name)
    if {"--create-home", "-m"} & {*call.arguments}:
        call.machine.path(home).mkdir(parents=True, exist_ok=True)
    return 0


def usermod(call: Call) -> int:
    name, there = call.operands[-1], users(call.machine)
    if name not in there:
        return call.fail(f"usermod: user '{name}' does not exist", UNKNOWN)
    old = there[name]
    home, shell = call.option("--home", "-d") or old.pw_dir, call.option("--shell", "-s") or old.pw_shell
    there[name] = pwd.struct_passwd((*old[:5], home, shell))
    write_users(call.machine, there)
    if any(each.startswith(("--expiredate", "-e")) for each in call.arguments):
        _set_shadow(call, name, "1" if call.option("--expiredate", "-e") == "1" else "")
    _join(call, name)
    return 0


def userdel(call: Call) -> int:
    name, there = call.operands[-1], users(call.machine)
    if name not in there:
        return call.fail(f"userdel: user '{name}' does not exist", UNKNOWN)
    gone = there.pop(name)
    write_users(call.machine, there)
    shadow = [line for line in call.machine.read("/etc/shadow").splitlines(True) if line.split(":")[0] != name]
    call.machine.write("/etc/shadow", "".join(shadow))
    kept = groups(call.machine)
    if name in kept and kept[name].gr_gid == gone.pw_gid:  # USERGROUPS_ENAB
        del kept[name]
    for each in kept.values():
        if name in each.gr_mem:
            each.gr_mem.remove(name)
    write_groups(call.machine, kept)
    if {"--remove", "-r"} & {*call.arguments}:
        shutil.rmtree(call.machine.path(gone.pw_dir), ignore_errors=True)
    return 0


def groupadd(call: Call) -> int:
    name, there = call.operands[-1], groups(call.machine)
    gid = int(call.option("--gid", "-g") or _free([each.gr_gid for each in there.values()], call))
    if name in there:
        return call.fail(f"groupadd: group '{name}' already exists", IN_USE)
    if gid in {each.gr_gid for each in there.values()}:
        return call.fail(f"groupadd: GID '{gid}' already exists", NUMBER_TAKEN)
    _add_group(call, name, gid)
    return 0


def groupdel(call: Call) -> int:
    name, there = call.operands[-1], groups(call.machine)
    if name not in there:
        return call.fail(f"groupdel: group '{name}' does not exist", UNKNOWN)
    del there[name]
    write_groups(call.machine, there)
    return 0


def _free(taken: list[int], call: Call) -> int:
    first = FIRST_OF_SYSTEM if {"--system", "-r"} & {*call.arguments} else FIRST
    return next(number for number in range(first, 65_000) if number not in taken)


def _gid(call: Call, group: str) -> int | None:
    found = groups(call.machine).get(group)
    return found.gr_gid if found else int(group) if group.isdigit() else None


def _add_group(call: Call, name: str, gid: int) -> None:
    write_groups(call.machine, {**groups(call.machine), name: grp.struct_group((name, "x", gid, []))})


def _join(call: Call, name: str) -> None:
    """Be in the groups of --groups and no others, where it is given."""
    if not any(each.startswith(("--groups", "-G")) for each in call.arguments):
        return
    wanted = call.option("--groups", "-G").split(",")
    there = groups(call.machine)
    for group, each in there.items():
        if (name in each.gr_mem) != (group in wanted):
            each.gr_mem.append(name) if group in wanted else each.gr_mem.remove(name)
    write_groups(call.machine, there)


def _set_shadow(call: Call, name: str, expires: str) -> None:
    """An account that has expired has the day in the eighth field of shadow(5)."""
    kept = [line for line in call.machine.read("/etc/shadow").splitlines(True) if line.split(":")[0] != name]
    call.machine.write("/etc/shadow", "".join(kept) + f"{name}:*:20000:0:99999:7::{expires}:\n")
