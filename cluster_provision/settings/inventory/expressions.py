"""Works out the simplest of Ansible's expressions: variables, `groups["x"][0]`, `hostvars["h"].name`.

Anything else (filters, arithmetic, conditions, lookups) isn't guessed at: it is reported as not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.inventory.model import Unsafe, Variable, Vaulted

if TYPE_CHECKING:
    from cluster_provision.settings.inventory.model import Host, Inventory

DEEPEST = 20
MOST_PARTS = 100_000
_NOT_HERE = "it is an expression that isn't worked out here"
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"""\s*(?:([A-Za-z_]\w*)|(-?[0-9]{1,6})|'([^'\\]*)'|"([^"\\]*)"|([].[]))""")


class NotWorkedOut(Exception):
    """The value isn't known; the text says why, without showing any of it."""


def worked_out(value: Any, host: Host, inventory: Inventory, used: set[str] | None = None) -> Any:
    """Return a value with its expressions worked out as they stand for `host`. Raises NotWorkedOut.

    The names of variables that were needed are added to `used`.
    """
    return _Scope(host, inventory, set() if used is None else used).value(value, 0)


class _Scope:
    def __init__(self, host: Host, inventory: Inventory, used: set[str]) -> None:
        self._used = used
        self._visited = 0
        self._host = host
        self._inventory = inventory

    def value(self, value: Any, depth: int) -> Any:
        self._visited += 1
        if depth > DEEPEST or self._visited > MOST_PARTS:
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
        """Return what a name stands for, with what follows it in brackets or after a point."""
        tokens = _tokens(text)
        value, rest = self._primary(tokens, depth)
        if rest:
            raise NotWorkedOut(_NOT_HERE)
        return value

    def _primary(self, tokens: list[tuple[str, Any]], depth: int) -> tuple[Any, list[tuple[str, Any]]]:
        if not tokens or tokens[0][0] != "name":
            raise NotWorkedOut(_NOT_HERE)
        value, rest = self._named(tokens[0][1], depth), tokens[1:]
        while rest and rest[0] in (("sign", "."), ("sign", "[")):
            if rest[0][1] == ".":
                if len(rest) < 2 or rest[1][0] not in ("name", "number"):
                    raise NotWorkedOut(_NOT_HERE)
                key, rest = rest[1][1], rest[2:]
            else:
                key, rest = self._key(rest[1:], depth)
            value = self.value(_item(value, key), depth + 1)
        return value, rest

    def _key(self, tokens: list[tuple[str, Any]], depth: int) -> tuple[Any, list[tuple[str, Any]]]:
        """Return what stands between brackets, and the tokens after the closing one."""
        if tokens and tokens[0][0] in ("text", "number"):
            key, rest = tokens[0][1], tokens[1:]
        else:
            key, rest = self._primary(tokens, depth)
        if not rest or rest[0] != ("sign", "]"):
            raise NotWorkedOut(_NOT_HERE)
        return key, rest[1:]

    def _named(self, name: str, depth: int) -> Any:
        if name == "groups":
            return {group: list(hosts) for group, hosts in self._inventory.groups.items()}
        if name == "hostvars":
            return {each.name: each.variables for each in self._inventory.hosts.values()}
        if name in ("inventory_hostname", "inventory_hostname_short"):
            return self._host.name if name == "inventory_hostname" else self._host.name.partition(".")[0]
        variable = self._host.variables.get(name)
        if variable is None:
            raise NotWorkedOut(f"it needs {name}, which the inventory doesn't set")
        self._used.add(name)
        return self.value(variable.value, depth + 1)


def _item(value: Any, key: Any) -> Any:
    """Return a part of a list or a map; a host's variables are those that are set for it."""
    try:
        found = value[key] if isinstance(value, (list, Mapping)) else None
    except (KeyError, IndexError, TypeError):
        found = None
    if found is None:
        raise NotWorkedOut("it names a part that isn't there, such as the first host of an empty group")
    return found.value if isinstance(found, Variable) else found


def _tokens(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
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
