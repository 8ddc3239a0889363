"""What stands in an Ansible inventory: hosts, groups and variables, each with its file and line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Place:
    """A line of a file; the path begins at the inventory's folder."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        """The place for a message."""
        return f"{self.file}, line {self.line}" if self.line else self.file


@dataclass(frozen=True)
class Remark:
    """A problem or a note, and where its cause stands. The text holds nothing secret."""

    place: Place
    text: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.place}: {self.text}"


class Vaulted:
    """In a value's place: it is encrypted with ansible-vault, and can't be read."""


class Unsafe(str):
    """Text that is no template, whatever it holds."""

    __slots__ = ()


@dataclass(frozen=True)
class Variable:
    """A variable of a host or a group. The higher `rank` is, the more specific is where it is set."""

    name: str
    value: Any = field(repr=False)
    place: Place
    rank: int = 0

    def ranked(self, rank: int) -> Variable:
        """The same one with this rank."""
        return replace(self, rank=rank)


@dataclass
class Group:
    """A group while the files are read: its own hosts and children, in order, each with the place of its first line."""

    name: str
    place: Place
    hosts: dict[str, Place] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)


@dataclass
class Source:
    """The inventory's own file as it is read: hosts with the variables beside them, groups, and what is wrong."""

    file: str
    hosts: dict[str, dict[str, Variable]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def group(self, name: str, line: int) -> Group:
        """Return the group of this name; a new one begins at this line."""
        return self.groups.setdefault(name, Group(name, Place(self.file, line)))

    def add_host(self, name: str, group: str, line: int, port: int = 0) -> None:
        """Put a host into a group. As in Ansible, a port beside its name counts at its first mention alone."""
        place = Place(self.file, line)
        if name not in self.hosts:
            self.hosts[name] = {}
            self.places[name] = place
            if port:
                self.set_on_host(name, "ansible_port", port, line)
        elif port and self.hosts[name].get("ansible_port", Variable("", port, place)).value != port:
            self.note(line, f"the port {port} beside {name} has no effect, since {name} is named before, as in Ansible")
        self.group(group, line).hosts.setdefault(name, place)

    def set_on_host(self, host: str, name: str, value: Any, line: int) -> None:
        """Set a variable of a host; the last one counts."""
        self.hosts[host][name] = Variable(name, value, Place(self.file, line))

    def problem(self, line: int, text: str) -> None:
        """Add a problem."""
        self.problems.append(Remark(Place(self.file, line), text))

    def note(self, line: int, text: str) -> None:
        """Add a note."""
        self.notes.append(Remark(Place(self.file, line), text))


@dataclass(frozen=True)
class Host:
    """A host with every variable that holds for it. `groups` are those that it is in, through children too."""

    name: str
    place: Place
    groups: tuple[str, ...]
    variables: Mapping[str, Variable]


@dataclass(frozen=True)
class Inventory:
    """Hosts and groups in Ansible's order; a group's hosts are those of its children too.

    `children` are each group's own, and `places` those of the groups' first lines.
    """

    hosts: Mapping[str, Host]
    groups: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    places: Mapping[str, Place]
    problems: tuple[Remark, ...]
    notes: tuple[Remark, ...]
