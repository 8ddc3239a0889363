"""Works out the simplest of Ansible's expressions: variables, `groups["x"][0]`, `hostvars["h"].name`, a few filters.

Anything else (arithmetic, conditions, lookups, other filters) isn't guessed at: it is reported as not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.inventory.filters import FILTERS, BadInput, default
from cluster_provision.settings.inventory.model import Unsafe, Vaulted

if TYPE_CHECKING:
    from cluster_provision.settings.inventory.model import Host, Inventory

DEEPEST = 20
MOST_PARTS = 100_000
_NOT_HERE = "it is an expression that isn't worked out here; write its value"
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"""\s*(?:([A-Za-z_]\w*)|(-?[0-9]{1,6})|'([^'\\]*)'|"([^"\\]*)"|([].[|(),]))""")
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}


_Token = tuple[str, Any]


class NotWorkedOut(Exception):
    """The value isn't known; the text says why, without showing any of it."""


class Undefined(NotWorkedOut):
    """A name or a part that isn't there, in whose place the filter `default` has another value."""


def worked_out(value: Any, host: Host, inventory: Inventory, used: set[str] | None = None) -> Any:
    """Return a value with its expressions worked out as they stand for `host`. Raises NotWorkedOut.

    The names of variables that were needed are added to `used`.
    """
    return _Scope(host, inventory, set() if used is None else used).value(value, 0)


class _Scope:
    """What expressions stand for on one host. `visited` counts the parts of a value, in all of its scopes."""

    def __init__(self, host: Host, inventory: Inventory, used: set[str], visited: list[None] | None = None) -> None:
        self._used = used
        self._visited: list[None] = [] if visited is None else visited
        self._host = host
        self._inventory = inventory

    def value(self, value: Any, depth: int) -> Any:
        self._visited.append(None)
        if depth > DEEPEST or len(self._visited) > MOST_PARTS:
            raise NotWorkedOut("it names itself, or is nested too deeply")
        if isinstance(value, Vaulted):
            raise NotWorkedOut("it is encrypted with ansible-vault, and can't be read")
        if isinstance(value, Mapping):
            return {key: self.value(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, depth + 1) for each in value]
        if not isinstance(value, str) or isinstance(value, Unsafe) or not ("{{" in value or "{%" in value):
            return value
        return self._text(value, depth)

    def _text(self, text: str, depth: int) -> Any:
        if "{%" in text or "{#" in text:
            raise NotWorkedOut("it is a template that isn't worked out here")
        whole = _EXPRESSION.fullmatch(text.strip())
        if whole and "{{" not in whole.group(1):
            return self._expression(whole.group(1), depth)
        parts, end = [], 0
        for found in _EXPRESSION.finditer(text):
            parts += [text[end : found.start()], str(self._expression(found.group(1), depth))]
            end = found.end()
        parts.append(text[end:])
        if "{{" in text[end:]:
            raise NotWorkedOut(_NOT_HERE)
        return "".join(parts)

    def _expression(self, text: str, depth: int) -> Any:
        """Return what a name or a literal stands for, with what follows it in brackets or after a point, filtered."""
        value, rest = self._filtered(_tokens(text), depth)
        if rest:
            raise NotWorkedOut(_NOT_HERE)
        return value

    def _filtered(self, tokens: list[_Token], depth: int) -> tuple[Any, list[_Token]]:
        """Return what the tokens stand for, as far as they are one value with its filters."""
        missing: Undefined | None = None
        value = None
        try:
            value, rest = self._primary(tokens, depth)
        except Undefined as failure:
            missing, rest = failure, _after_primary(tokens)
        while rest and rest[0] == ("sign", "|"):
            if len(rest) < 2 or rest[1][0] != "name":
                raise NotWorkedOut(_NOT_HERE)
            name = rest[1][1]
            arguments, rest = self._arguments(rest[2:], depth)
            if name in ("default", "d"):
                value, missing = default(value, arguments, missing=missing is not None), None
            elif missing is None:
                value = _apply(name, value, arguments)
        if missing is not None:
            raise missing
        return value, rest

    def _arguments(self, tokens: list[_Token], depth: int) -> tuple[list[Any], list[_Token]]:
        """Return a filter's arguments in parentheses, none where there are none."""
        if not tokens or tokens[0] != ("sign", "("):
            return [], tokens
        found: list[Any] = []
        rest = tokens[1:]
        while rest and rest[0] != ("sign", ")"):
            value, rest = self._filtered(rest, depth + 1)
            found.append(value)
            if rest and rest[0] == ("sign", ","):
                rest = rest[1:]
        if not rest:
            raise NotWorkedOut(_NOT_HERE)
        return found, rest[1:]

    def _primary(self, tokens: list[_Token], depth: int) -> tuple[Any, list[_Token]]:
        if not tokens or tokens[0][0] == "sign":
            raise NotWorkedOut(_NOT_HERE)
        kind, word = tokens[0]
        rest = tokens[1:]
        if kind != "name":
            return word, rest
        if rest and rest[0] == ("sign", "("):
            raise NotWorkedOut(f"it calls {word}(), which isn't worked out here; write its value")
        value = self.named(word, depth)
        while rest and rest[0] in (("sign", "."), ("sign", "[")):
            if rest[0][1] == ".":
                if len(rest) < 2 or rest[1][0] not in ("name", "number"):
                    raise NotWorkedOut(_NOT_HERE)
                key, rest = rest[1][1], rest[2:]
            else:
                key, rest = self._key(rest[1:], depth)
            if isinstance(value, _HostVars):
                value = value.part(str(key), depth + 1)
            else:
                value = self.value(_item(value, key), depth + 1)
        if isinstance(value, _HostVars):
            raise NotWorkedOut(_NOT_HERE)
        return value, rest

    def _key(self, tokens: list[_Token], depth: int) -> tuple[Any, list[_Token]]:
        """Return what stands between brackets, and the tokens after the closing one."""
        if tokens and tokens[0][0] in ("text", "number"):
            key, rest = tokens[0][1], tokens[1:]
        else:
            key, rest = self._primary(tokens, depth)
        if not rest or rest[0] != ("sign", "]"):
            raise NotWorkedOut(_NOT_HERE)
        return key, rest[1:]

    def _of_host(self, name: str, depth: int) -> _HostVars:
        host = self._inventory.hosts.get(name)
        if host is None or depth > DEEPEST:
            raise Undefined("it names a host that isn't in the inventory, or is nested too deeply")
        return _HostVars(_Scope(host, self._inventory, self._used, self._visited).named)

    def named(self, name: str, depth: int) -> Any:
        """Return what a name alone stands for."""
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name == "groups":
            return {group: list(hosts) for group, hosts in self._inventory.groups.items()}
        if name == "hostvars":
            return _HostVars(self._of_host)
        if name in ("inventory_hostname", "inventory_hostname_short"):
            return self._host.name if name == "inventory_hostname" else self._host.name.partition(".")[0]
        if name == "group_names":
            return sorted(group for group in self._host.groups if group != "all")
        variable = self._host.variables.get(name)
        if variable is None:
            raise Undefined(f"it needs {name}, which the inventory doesn't set")
        self._used.add(name)
        return self.value(variable.value, depth + 1)


@dataclass(frozen=True)
class _HostVars:
    """What a name has parts of which each is worked out only once it is asked for, as it stands for its own host."""

    part: Callable[[str, int], Any]


def _apply(name: str, value: Any, arguments: list[Any]) -> Any:
    if name not in FILTERS:
        raise NotWorkedOut(f"it has the filter {name}, which isn't worked out here; write its value")
    try:
        return FILTERS[name](value, arguments)
    except BadInput as bad:
        raise NotWorkedOut(f"its filter {name} {bad}") from None


def _after_primary(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens after the first value: those from the first sign that isn't in brackets and begins no part."""
    depth = 0
    for index, token in enumerate(tokens):
        if token in (("sign", "["), ("sign", "(")):
            depth += 1
        elif depth and token in (("sign", "]"), ("sign", ")")):
            depth -= 1
        elif not depth and token in (("sign", "|"), ("sign", ","), ("sign", ")"), ("sign", "]")):
            return tokens[index:]
    return []


def _item(value: Any, key: Any) -> Any:
    """Return a part of a list or a map; a host's variables are those that are set for it."""
    try:
        found = value[key] if isinstance(value, (list, Mapping)) else None
    except (KeyError, IndexError, TypeError):
        found = None
    if found is None:
        raise Undefined("it names a part that isn't there, such as the first host of an empty group")
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    text = text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise NotWorkedOut(_NOT_HERE)
        name, number, single, double, sign = token.groups()
        if name:
            found.append(("name", name))
        elif number:
            found.append(("number", int(number)))
        elif sign:
            found.append(("sign", sign))
        else:
            found.append(("text", single if single is not None else double))
        at = token.end()
    return found
