"""Reads YAML as Ansible does, and keeps the lines: `!vault` and `!unsafe`, and keys that stand twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from cluster_provision.settings.inventory.model import Unsafe, Vaulted

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 100


class BadYaml(Exception):
    """What is wrong with a document, without a word of it, and the line, 0 where none is known."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


class Document(_Loader):  # type: ignore[misc]
    """One document. `doubles` are the keys that stand twice in a map, of which the last counts, with their lines."""

    def __init__(self, text: str) -> None:
        """Read the text. Raises BadYaml."""
        self.doubles: list[tuple[int, str]] = []
        try:
            super().__init__(text)
            self.root = self.get_single_node()
            _require_shallow(self.root, 0, set())
        except (yaml.YAMLError, RecursionError, ValueError) as failure:
            raise _bad(failure) from None

    def pairs(self, node: Any) -> Iterator[tuple[Any, int, Any]]:
        """Yield each key of a map, its line, and its value's node; of a key that stands twice, the last one.

        Raises BadYaml for a node that is no map.
        """
        if not isinstance(node, yaml.MappingNode):
            raise BadYaml(line_of(node), "a map is needed here, lines of name: value")
        try:
            own = {id(key_node) for key_node, _ in node.value}
            self.flatten_mapping(node)  # puts what << brings before the map's own keys, which may replace it
            found: dict[Any, tuple[int, Any]] = {}
            seen: set[Any] = set()
            for key_node, value in node.value:
                key = self.value(key_node)
                if isinstance(key, (list, dict)):
                    raise BadYaml(line_of(key_node), "a list or a map can't be a name")
                if key in seen:
                    self.doubles.append((line_of(key_node), str(key)))
                if id(key_node) in own:
                    seen.add(key)
                found[key] = line_of(key_node), value
        except yaml.YAMLError as failure:
            raise _bad(failure) from None
        for key, (line, value) in found.items():
            yield key, line, value

    def value(self, node: Any) -> Any:
        """Return what a node says. Raises BadYaml."""
        try:
            return self.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, RecursionError, TypeError) as failure:
            raise _bad(failure, node) from None


def _require_shallow(node: Any, depth: int, seen: set[int]) -> None:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(node, yaml.CollectionNode) and id(node) not in seen:
        seen.add(id(node))
        for each in node.value:
            for child in each if isinstance(each, tuple) else (each,):
                _require_shallow(child, depth + 1, seen)


def line_of(node: Any) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1


def is_empty(node: Any) -> bool:
    """Whether a node is null."""
    return node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null")


def _bad(failure: Exception, node: Any = None) -> BadYaml:
    mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
    line = int(mark.line) + 1 if mark is not None else line_of(node) if node is not None else 0
    said = re.sub(r"'[^']{2,}'|\"[^\"]{2,}\"", "…", str(getattr(failure, "problem", "") or ""))
    if isinstance(failure, RecursionError):
        said = "it is nested too deeply"
    if "unhashable key" in said:
        said = "a value that begins with {{ needs quotes around it"
    elif "cannot start any token" in said:
        said = f"{said}, such as a tab before a name; indent with blanks"
    return BadYaml(line, f"this is no valid YAML{f': {said}' if said else ''}")


def _vaulted(loader: Any, node: Any) -> Vaulted:
    return Vaulted()


def _unsafe(loader: Any, node: Any) -> Any:
    return Unsafe(node.value) if isinstance(node, yaml.ScalarNode) else loader.construct_yaml_seq(node)


for _tag in ("!vault", "!vault-encrypted"):
    Document.add_constructor(_tag, _vaulted)
Document.add_constructor("!unsafe", _unsafe)
