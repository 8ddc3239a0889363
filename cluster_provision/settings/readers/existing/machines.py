"""Reads machines: `name`, `name=address`, `user@name`, a port after either, ranges such as `dgx[01-10]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.existing.names import machine_address, machine_name
from cluster_provision.settings.readers.linux import USER_NAME
from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, split_outside_brackets
from cluster_provision.settings.reading import BadValue, shown

MOST_MACHINES = 10_000
MOST_PORT = 65535


@dataclass(frozen=True)
class NamedMachine:
    """A machine as the user names it. An empty `address` is the name; `user` and `port` (0) are those of the rest."""

    name: str
    address: str = ""
    user: str = ""
    port: int = 0

    def __str__(self) -> str:
        """The machine as it is written in an env file."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        if not self.address:
            return f"{user}{self.name}{port}"
        address = f"[{self.address}]" if port and ":" in self.address else self.address
        return f"{self.name}={user}{address}{port}"


@dataclass(frozen=True)
class Machines:
    """Machines, separated by commas; each of them once."""

    type_name: str = "list of machines"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return (
            "names, or name=address, separated by commas; ranges such as dgx[01-10] and node[1,3-5]; a user and a port "
            "of a machine's own as in user@name:2222 and name=user@address:2222"
        )

    def read(self, text: str) -> tuple[str, ...]:
        """Return each machine as it is written, in order. Raises BadValue with a reason for every bad entry."""
        found: list[NamedMachine] = []
        reasons: list[str] = []
        for position, entry in enumerate(split_outside_brackets(text), start=1):
            try:
                found += machines_of(entry)
            except BadValue as bad:
                reasons += [f"entry {position} ({shown(entry)}) {reason}" for reason in bad.reasons]
        if not reasons and not found:
            reasons.append("names no machine")
        if len(found) > MOST_MACHINES:
            reasons.append(f"names {len(found)} machines; at most {MOST_MACHINES} are allowed")
        reasons += _twice(found)
        if reasons:
            raise BadValue(*reasons)
        return tuple(map(str, found))

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


@dataclass(frozen=True)
class OneMachine:
    """One machine."""

    type_name: str = "machine"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return "a name, or name=address; a user and a port of its own as in user@name:2222 and name=user@address:2222"

    def read(self, text: str) -> str:
        """Return the machine as it is written. Raises BadValue."""
        found = Machines().read(text)
        if len(found) != 1:
            raise BadValue(f"names {len(found)} machines; name one")
        return found[0]

    def show(self, value: Any) -> str:
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def machines_of(entry: str) -> list[NamedMachine]:
    """Return the machines of one entry, more than one where it has a range. Raises BadValue."""
    left, equals, right = entry.partition("=")
    if not equals:
        user, name, port = split_login(left.strip())
        return [_machine(each, "", user, port) for each in _expanded(name)]
    if "@" in left:
        raise BadValue("has a user before the name; write name=user@address")
    if not right.strip():
        raise BadValue("has no address after the =; leave the = out where the name is the address")
    user, address, port = split_login(right.strip())
    names, addresses = _expanded(left.strip()), _expanded(address)
    if len(names) != len(addresses):
        raise BadValue(
            f"has {len(names)} names and {len(addresses)} addresses; give each name one, such as "
            f"{names[0]}={addresses[0]}"
        )
    return [_machine(name, each, user, port) for name, each in zip(names, addresses, strict=True)]


def split_login(text: str) -> tuple[str, str, int]:
    """Split `user@host:port`; the user may be empty, and the port 0. IPv6 has brackets where a port follows.

    Brackets are taken off. Raises BadValue.
    """
    user, at, host = text.rpartition("@")
    if at:
        USER_NAME.read(user)
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[^]]*)?)\](?::(.*))?", host)
    if bracketed:
        return user, bracketed.group(1), _port(bracketed.group(2))
    with_port = re.fullmatch(r"((?:[^][:]|\[[^]]*\])*):([^]:]*)", host)
    if with_port:
        return user, with_port.group(1), _port(with_port.group(2))
    return user, host, 0


def _expanded(text: str) -> tuple[str, ...]:
    if not text:
        raise BadValue("has no name or no address where one is needed")
    return expand_hostlist(text)


def _machine(name: str, address: str, user: str, port: int) -> NamedMachine:
    return NamedMachine(machine_name(name), machine_address(address) if address else "", user, port)


def _port(text: str | None) -> int:
    if text is None:
        return 0
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= MOST_PORT:
        raise BadValue(f"has the port {shown(text)}; allowed are 1 to {MOST_PORT}")
    return int(text)


def _twice(machines: list[NamedMachine]) -> list[str]:
    seen: set[str] = set()
    found: dict[str, None] = {}
    for machine in machines:
        if machine.name in seen:
            found[machine.name] = None
        seen.add(machine.name)
    return [f"names {name} twice" for name in found]
