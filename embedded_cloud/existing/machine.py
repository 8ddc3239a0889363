"""A machine that exists already, as an env file names it and the store keeps it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from embedded_cloud.machines import host_keys
from embedded_cloud.machines.base import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.store import Store

KEPT = "//rehearsal/machines/existing"
PROJECT = "existing"
NAMESPACE = uuid.UUID("5b1f2c53-3c0e-4f0a-9d38-7f6f0a8f4c11")


@dataclass(frozen=True)
class Machine:
    """`address` is an IPv4 address, empty where the env file gives none. `names` all lead to it, in lower case.

    `keys` are the public keys that let `user` in, who may also have a `password`, here as shadow(5) has it; sudo asks
    for it where `sudo_asks`. `reached` is where it answers, once it has been booted.
    """

    name: str
    names: tuple[str, ...]
    address: str
    port: int
    user: str
    keys: tuple[str, ...]
    password: str = field(default="", repr=False)
    sudo_asks: bool = False
    reached: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Machine:
        """The machine in an entry of the body of `/expect`, or in the store's."""
        names = dict.fromkeys(str(each).lower() for each in (given["name"], *given.get("names", ())))
        return cls(
            name=str(given["name"]),
            names=tuple(names),
            address=str(given.get("address") or ""),
            port=int(given.get("port") or 22),
            user=str(given.get("user") or "root"),
            keys=tuple(given.get("keys") or ()),
            password=str(given.get("password") or ""),
            sudo_asks=bool(given.get("sudo_asks")),
            reached=str(given.get("reached") or ""),
        )

    def at(self, address: str) -> Machine:
        return replace(self, reached=address)

    @property
    def places(self) -> tuple[str, ...]:
        """Its names and its address."""
        return tuple(filter(None, (*self.names, self.address)))

    def is_meant_by(self, host: str, port: int) -> bool:
        """Whether a client that asks for this host and port wants to log in here."""
        return port == self.port and host.lower() in self.places


def known(store: Store) -> list[Machine]:
    """All machines that there are, by name."""
    return [Machine.of(body) for body in store.each(KEPT).values()]


def keep(store: Store, machine: Machine) -> None:
    """Keep it, and of its password no more than that it has one."""
    store.put(KEPT, machine.name, asdict(machine) | {"password": "kept there" if machine.password else ""}, before=True)


def forget(store: Store, machine: Machine) -> None:
    store.delete(KEPT, machine.name)
    host_keys.forget(store, instance_of(store, machine))


def instance_of(store: Store, machine: Machine) -> Instance:
    """The machine as `Machines` know it, with host keys that stay the same for as long as it exists."""
    number = str(uuid.uuid5(NAMESPACE, machine.name))
    bare = Instance(PROJECT, "here", machine.name, number, number, {}, PROJECT, machine.address)
    properties = {
        "machine": machine,
        "host_key": host_keys.private_key(store, bare),
        "public_host_key": host_keys.public_key(store, bare),
        "others": tuple(each for each in known(store) if each.name != machine.name),
    }
    return replace(bare, properties=properties)
