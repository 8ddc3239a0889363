"""The users and groups of a played machine, as its files have them."""

from __future__ import annotations

import grp
import pwd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.existing.played.machine import PlayedMachine


def users(machine: PlayedMachine) -> dict[str, pwd.struct_passwd]:
    """By name."""
    rows = [line.split(":") for line in machine.read("/etc/passwd").splitlines()]
    return {r[0]: pwd.struct_passwd((r[0], r[1], int(r[2]), int(r[3]), *r[4:7])) for r in rows if len(r) == 7}


def groups(machine: PlayedMachine) -> dict[str, grp.struct_group]:
    """By name."""
    rows = [line.split(":") for line in machine.read("/etc/group").splitlines()]
    return {r[0]: grp.struct_group((r[0], r[1], int(r[2]), _members(r[3]))) for r in rows if len(r) == 4}


def write_users(machine: PlayedMachine, found: dict[str, pwd.struct_passwd]) -> None:
    machine.write("/etc/passwd", "".join(f"{':'.join(map(str, each))}\n" for each in found.values()))


def write_groups(machine: PlayedMachine, found: dict[str, grp.struct_group]) -> None:
    lines = [f"{each.gr_name}:x:{each.gr_gid}:{','.join(each.gr_mem)}\n" for each in found.values()]
    machine.write("/etc/group", "".join(lines))


def _members(text: str) -> list[str]:
    return [each for each in text.split(",") if each]
