"""Reads an inventory in Ansible's INI form, as ansible-core 2.19 does (plugins/inventory/ini.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.settings.inventory.host_line import host_line, literal, misplaced_variable
from cluster_provision.settings.inventory.model import Place, Source, Variable
from cluster_provision.settings.inventory.ranges import hosts_of
from cluster_provision.settings.inventory.secrets import is_secret_name
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Callable

_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_LIKE_A_SECTION = re.compile(r"\[[^]]*(\]?$|\]\s)")
_CHILD = re.compile(r"([^:\]\s]+)\s*(?:#.*)?")


def read_ini(text: str, file: str) -> Source:
    """Return what the text says; every problem is in the source, with its line."""
    reading = _Reading(Source(file))
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line and line[0] not in "#;":
            reading.read(line, number)
    reading.check_declared()
    return reading.source


class _Reading:
    """The file up to some line: in which section that is, and which groups are named but not declared yet."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._group = "ungrouped"
        self._read: Callable[[str, int], None] | None = self._host
        self._declared = {"all", "ungrouped"}
        self._of_vars: dict[str, int] = {}
        self._awaited: dict[str, dict[str, Place]] = {}

    def read(self, line: str, number: int) -> None:
        """Read one line, without white space around it."""
        section = _SECTION.fullmatch(line)
        if section:
            self._begin(section.group(1), section.group(2) or "hosts", number)
        elif _LIKE_A_SECTION.match(line):
            self.source.problem(number, _bad_section(line))
            self._read = None
        elif self._read is not None:  # lines of a section that isn't known can't be judged
            self._read(line, number)

    def check_declared(self) -> None:
        """Report groups that are named and never declared, which Ansible refuses."""
        for child, parents in self._awaited.items():
            for parent, place in parents.items():
                self.source.problem(place.line, f"[{parent}:children] names {shown(child)}, and there is no such group")
        for name, line in self._of_vars.items():
            if name not in self._declared:
                self.source.problem(line, f"[{shown(name)}:vars] is for a group that the file doesn't have")

    def _begin(self, group: str, kind: str, number: int) -> None:
        self._group = group
        self.source.group(group, number)
        self._read = {"hosts": self._host, "children": self._child, "vars": self._variable}.get(kind)
        if self._read is None:
            self.source.problem(number, f"[{shown(group)}:{shown(kind)}] is of no known kind: hosts, children or vars")
        elif kind == "vars":
            self._of_vars.setdefault(group, number)
        else:
            self._declared.add(group)
            # As in Ansible, a child that is declared later comes after those that were there before.
            for parent, place in self._awaited.pop(group, {}).items():
                self.source.groups[parent].children.setdefault(group, place)

    def _host(self, line: str, number: int) -> None:
        variable = misplaced_variable(line)
        if variable:
            text = f"{shown(variable)} stands where a host's name is needed; variables of all are lines of [all:vars]"
            self.source.problem(number, text)
            return
        try:
            found = host_line(line)
            pattern, variables = found.pattern, found.variables
        except BadValue as bad:
            self._problems(bad, number)
            pattern, variables = line.split(maxsplit=1)[0], {}
        try:
            hosts, port = hosts_of(pattern)
        except BadValue as bad:
            self._problems(bad, number)
            return
        for host in hosts:
            self.source.add_host(host, self._group, number, port)
            for name, value in variables.items():
                self.source.set_on_host(host, name, value, number)

    def _child(self, line: str, number: int) -> None:
        found = _CHILD.fullmatch(line)
        if found is None or "=" in found.group(1):
            self.source.problem(
                number, f"{_harmless(line)} is no group's name; [{self._group}:children] has one a line"
            )
            return
        child, place = found.group(1), Place(self.source.file, number)
        if child in self.source.groups or child in ("all", "ungrouped"):
            self.source.groups[self._group].children.setdefault(child, place)
        else:
            self._awaited.setdefault(child, {}).setdefault(self._group, place)

    def _variable(self, line: str, number: int) -> None:
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals:
            place = Place(self.source.file, number)
            self.source.groups[self._group].variables[name] = Variable(name, literal(value), place)
            return
        self.source.problem(number, f"{_harmless(line)} has no =; [{self._group}:vars] has lines of name=value")

    def _problems(self, bad: BadValue, number: int) -> None:
        for reason in bad.reasons:
            self.source.problem(number, reason)


def _harmless(line: str) -> str:
    """Return what may be shown of a line that may hold a password anywhere."""
    word = line.split(maxsplit=1)[0]
    if is_secret_name(line) or "=" in word:
        return f"the line of {shown(word.partition('=')[0])}"
    return shown(line)


def _bad_section(line: str) -> str:
    if re.search(r"\]\s*;", line):
        return f"{_harmless(line)} has a comment that begins with ;, where Ansible knows # alone"
    if "]" not in line:
        return f"{_harmless(line)} begins like a section, but has no ] at its end"
    return f"{_harmless(line)} is no section: blanks and further colons can't stand in one"
