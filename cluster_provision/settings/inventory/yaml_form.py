"""Reads an inventory in Ansible's YAML form, as ansible-core 2.19 does (plugins/inventory/yaml.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.inventory.model import Place, Source, Variable
from cluster_provision.settings.inventory.ranges import hosts_of
from cluster_provision.settings.inventory.yaml_nodes import BadYaml, Document, is_empty, line_of
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTIONS = ("hosts", "children", "vars")
DEEPEST = 30
MOST_GROUPS = 10_000


def read_yaml(text: str, file: str) -> Source:
    """Return what the text says; every problem is in the source, with its line."""
    source = Source(file)
    try:
        document = Document(text)
    except BadYaml as bad:
        source.problem(bad.line, bad.text)
        return source
    if is_empty(document.root):
        source.problem(0, "the file is empty")
        return source
    groups = list(_pairs(source, document, document.root))
    names = {str(name) for name, _, _ in groups}
    if "plugin" in names:
        source.problem(1, "the file configures a plugin of Ansible's; write its hosts out: ansible-inventory --list -y")
    elif "_meta" in names:
        source.problem(1, "the file is the output of an inventory script; write it with ansible-inventory --list -y")
    else:
        reading = _Reading(source, document)
        for name, line, node in groups:
            _read_group(reading, str(name), line, node, frozenset())
    for line, key in dict.fromkeys(document.doubles):
        source.note(line, f"{shown(key)} stands twice in one map; the last one counts, as in Ansible")
    return source


@dataclass(frozen=True)
class _Read:
    value: Any


class _Reading:
    def __init__(self, source: Source, document: Document) -> None:
        self.source = source
        self.document = document
        self.count = 0

    def pairs(self, node: Any) -> Iterator[tuple[Any, int, Any]]:
        return _pairs(self.source, self.document, node)

    def value(self, node: Any) -> _Read | None:
        """Return what a node says, None with a problem where it can't be read."""
        try:
            return _Read(self.document.value(node))
        except BadYaml as bad:
            self.source.problem(bad.line, bad.text)
            return None


def _read_group(reading: _Reading, name: str, line: int, node: Any, above: frozenset[int]) -> None:
    """Read a group and its children; `above` are the nodes that it lies in, since an alias can name one of them."""
    source = reading.source
    reading.count += 1
    if id(node) in above or len(above) > DEEPEST or reading.count > MOST_GROUPS:
        source.problem(line, f"the group {shown(name)} lies within itself, or too deep")
        return
    group = source.group(name, line)
    if is_empty(node):
        return
    for key, key_line, section in reading.pairs(node):
        if key not in _SECTIONS:
            _report_section(source, name, str(key), key_line)
        elif is_empty(section):
            continue
        elif key == "vars":
            for variable, at, value in reading.pairs(section):
                if (read := reading.value(value)) is not None:
                    group.variables[str(variable)] = Variable(str(variable), read.value, Place(source.file, at))
        elif key == "children":
            for child, at, below in _named(reading, section):
                group.children.setdefault(child, Place(source.file, at))
                _read_group(reading, child, at, below, above | {id(node)})
        else:
            for pattern, at, variables in _named(reading, section):
                _read_hosts(reading, name, pattern, at, variables)


def _report_section(source: Source, group: str, key: str, line: int) -> None:
    """Report a key that Ansible ignores; what it says is lost where one of the sections was meant."""
    meant = next((section for section in _SECTIONS if edits(section, key.lower()) <= 2), "")
    if meant:
        source.problem(line, f"{shown(key)} in the group {group} is ignored by Ansible; write {meant}")
    else:
        source.note(line, f"{shown(key)} in the group {group} is none of {', '.join(_SECTIONS)}, and is ignored")


def _read_hosts(reading: _Reading, group: str, pattern: str, line: int, node: Any) -> None:
    source = reading.source
    try:
        hosts, port = hosts_of(pattern)
    except BadValue as bad:
        for reason in bad.reasons:
            source.problem(line, reason)
        return
    pairs = [] if is_empty(node) else list(reading.pairs(node))
    variables = [(str(name), reading.value(value), at) for name, at, value in pairs]
    for host in hosts:
        source.add_host(host, group, line, port)
        for name, read, at in variables:
            if read is not None:
                source.set_on_host(host, name, read.value, at)


def _named(reading: _Reading, node: Any) -> Iterator[tuple[str, int, Any]]:
    """Yield the names of hosts or children. One alone may stand as text; other forms are a problem."""
    from yaml import ScalarNode

    if isinstance(node, ScalarNode):
        yield str(node.value), line_of(node), None
        return
    for key, line, value in reading.pairs(node):
        if isinstance(key, str):
            yield key, line, value
        else:
            reading.source.problem(line, f"the name {shown(str(key))} is no text for YAML; put it in quotes")


def _pairs(source: Source, document: Document, node: Any) -> Iterator[tuple[Any, int, Any]]:
    try:
        yield from document.pairs(node)
    except BadYaml as bad:
        source.problem(bad.line, bad.text)
