"""What the container of a machine is made from; each cloud says it of its own machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Box:
    """`notebook`: a browser here is to reach its notebook; `hosts` name the metadata server; `aliases` are the names
    under which the engine itself leads others to it; `search` its resolver's domains; `files` texts or bytes by path;
    `volumes` the engine's, each with the folder in which it is mounted. `disks` are the same of disks that outlive
    the machine: the first one that has it makes it.
    One that is `alone` is no cloud's: it has no metadata server, and no way through the door. `without` are the
    capabilities that it hasn't: by default those that an engine in a virtual machine may not have itself.
    """

    image: str
    name: str
    domain: str
    notebook: bool = False
    hosts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    disks: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
    without: tuple[str, ...] = ("SYS_RESOURCE",)
