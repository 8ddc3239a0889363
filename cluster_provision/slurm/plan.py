"""The plan of one machine: what it is to be, as a list of resources, each of which can be undone.

`node/apply.py` applies a plan, compares a machine with it, and undoes it. Resources are applied in order and undone in
reverse. They hold no conditions: what a machine needs is decided before, from its facts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Resource:
    """One thing of a machine. `KIND` names it in the plan's JSON; the other fields are its arguments."""

    KIND: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """The resource as `node/apply.py` reads it."""
        return {"kind": self.KIND, **asdict(self)}


@dataclass(frozen=True)
class Packages(Resource):
    """Packages of the distribution, installed without recommended ones, whose services don't start by themselves.

    Undone, those that weren't there before are purged, with what came along for them.
    """

    KIND: ClassVar[str] = "packages"
    names: tuple[str, ...]


@dataclass(frozen=True)
class File(Resource):
    """A whole file. `mode` is octal text. A `secret` one is never shown in a diff, nor copied into a record.

    With `once`, a file that is there is left as it is, whatever it holds.
    """

    KIND: ClassVar[str] = "file"
    path: str
    content: str = field(repr=False)
    mode: str = "0644"
    owner: str = "root"
    group: str = "root"
    secret: bool = False
    once: bool = False


@dataclass(frozen=True)
class Block(Resource):
    """Lines of the tool's own in a file that others write too, between two marks that hold `name`.

    `lines` follow what is there; a file that isn't there is made, with this mode and owner, and removed again with its
    last line.
    """

    KIND: ClassVar[str] = "block"
    path: str
    name: str
    lines: tuple[str, ...]
    mode: str = "0644"
    owner: str = "root"
    group: str = "root"


@dataclass(frozen=True)
class Folder(Resource):
    """A folder. With `once`, one that is there is left as it is.

    One with `data` holds what users made: undone, it stays unless the data are to be deleted. One with `contents` holds
    what the cluster's own daemons write, which goes with it.
    """

    KIND: ClassVar[str] = "folder"
    path: str
    mode: str = "0755"
    owner: str = "root"
    group: str = "root"
    data: bool = False
    contents: bool = False
    once: bool = False


@dataclass(frozen=True)
class Group(Resource):
    """A group with this number."""

    KIND: ClassVar[str] = "group"
    name: str
    gid: int
    system: bool = False


@dataclass(frozen=True)
class User(Resource):
    """A user. `groups` are further ones. A `locked` one can't log in. The home is made where `make_home`, and stays."""

    KIND: ClassVar[str] = "user"
    name: str
    uid: int
    group: str
    home: str
    shell: str = "/bin/bash"
    groups: tuple[str, ...] = ()
    system: bool = False
    locked: bool = False
    make_home: bool = False


@dataclass(frozen=True)
class Service(Resource):
    """A unit of systemd that is enabled and runs. It is restarted where one of the files `restart_on` has changed, and
    reloaded where one of `reload_on` has."""

    KIND: ClassVar[str] = "service"
    name: str
    restart_on: tuple[str, ...] = ()
    reload_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mount(Resource):
    """A line in fstab, and the mount itself."""

    KIND: ClassVar[str] = "mount"
    source: str
    target: str
    type: str
    options: str = "defaults"


@dataclass(frozen=True)
class Sysctl(Resource):
    """A parameter of the kernel's, now; a File keeps it for the next start."""

    KIND: ClassVar[str] = "sysctl"
    key: str
    value: str


@dataclass(frozen=True)
class HostName(Resource):
    """The machine's own name, now and at the next start."""

    KIND: ClassVar[str] = "hostname"
    name: str


@dataclass(frozen=True)
class Command(Resource):
    """A program to run where `unless` doesn't succeed, and `undo` to undo it; both may be empty: always, never.

    `reads` are files that it depends on: it also runs where one of them has changed. `input` is secret.
    """

    KIND: ClassVar[str] = "command"
    name: str
    argv: tuple[str, ...]
    unless: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    input: str = field(default="", repr=False)


@dataclass(frozen=True)
class Plan:
    """What one machine is to be, in the cluster of this name."""

    cluster: str
    machine: str
    resources: tuple[Resource, ...]

    def to_json(self) -> dict[str, Any]:
        """The plan as `node/apply.py` reads it."""
        return {
            "schema": 1,
            "cluster": self.cluster,
            "machine": self.machine,
            "resources": [each.to_json() for each in self.resources],
        }
