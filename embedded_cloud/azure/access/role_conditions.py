"""Conditions of role assignments, as far as they are about blobs and their paths.

https://learn.microsoft.com/azure/role-based-access-control/conditions-format
https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes (both read 2026-11-25)
"""

from __future__ import annotations

import fnmatch
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.failure import ArmError

if TYPE_CHECKING:
    from collections.abc import Callable

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
VERSION = "2.0"
TOKEN = re.compile(r"\s*(\(|\)|!|&&|\|\||'[^']*'|\{[^}]*\}|@\w+\[[^\]]+\]|\w+)")
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda has, asked: has == asked,
    "StringEqualsIgnoreCase": lambda has, asked: has.lower() == asked.lower(),
    "StringStartsWith": lambda has, asked: has.startswith(asked),
    "StringStartsWithIgnoreCase": lambda has, asked: has.lower().startswith(asked.lower()),
    "StringLike": lambda has, asked: fnmatch.fnmatchcase(has, asked.replace("[", "[[]")),
}
OPPOSITES = {each.replace("String", "StringNot", 1): each for each in OPERATORS}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to do: an action, such as `<BLOBS>/read`; its part (`Blob.List`) where the action has parts;
    the container; and the blob's path, empty where it is about no single blob."""

    action: str
    container: str
    path: str = ""
    part: str = ""

    def attribute(self, name: str) -> str | None:
        """What is asked for in brackets; None for what the request doesn't have."""
        known = {
            f"{BLOBS}:path": self.path,
            f"{BLOBS.removesuffix('/blobs')}:name": self.container,
        }
        return known.get(name) or None


def allows(condition: str, asked: Asked) -> bool:
    """Whether what is asked for may be done. Raises ArmError (400) for what is no condition."""
    return parsed(condition)(asked)


@functools.cache
def parsed(text: str) -> Callable[[Asked], bool]:
    """The condition as a test. Raises ArmError (400), as an assignment with it would be refused."""
    words: list[str] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise invalid_condition()
        words.append(found[1])
        at = found.end()
    test, rest = _either(words)
    if rest:
        raise invalid_condition()
    return test


def _either(words: list[str]) -> tuple[Callable[[Asked], bool], list[str]]:
    return _joined(words, _both, ("OR", "||"), any)


def _both(words: list[str]) -> tuple[Callable[[Asked], bool], list[str]]:
    return _joined(words, _one, ("AND", "&&"), all)


def _joined(words: list[str], part: Any, by: tuple[str, ...], how: Any) -> tuple[Callable[[Asked], bool], list[str]]:
    first, words = part(words)
    tests = [first]
    while words and words[0] in by:
        more, words = part(words[1:])
        tests.append(more)
    return (lambda asked: bool(how(test(asked) for test in tests))), words


def _one(words: list[str]) -> tuple[Callable[[Asked], bool], list[str]]:
    if not words:
        raise invalid_condition()
    first, *rest = words
    if first in ("!", "NOT"):
        test, rest = _one(rest)
        return (lambda asked: not test(asked)), rest
    if first == "(":
        test, rest = _either(rest)
        if rest[:1] != [")"]:
            raise invalid_condition()
        return test, rest[1:]
    if first in ("ActionMatches", "SubOperationMatches") and rest and rest[0].startswith("{'"):
        wanted = rest[0][2:-2]
        if first == "ActionMatches":
            return (lambda asked: fnmatch.fnmatchcase(asked.action.lower(), wanted.lower())), rest[1:]
        return (lambda asked: asked.part.lower() == wanted.lower()), rest[1:]
    if first.startswith("@Resource[") and len(rest) > 1 and rest[1].startswith("'"):
        return _comparison(first[len("@Resource[") : -1], rest[0], rest[1][1:-1]), rest[2:]
    raise invalid_condition()


def _comparison(attribute: str, operator: str, value: str) -> Callable[[Asked], bool]:
    """What the request lacks compares to nothing, whatever the operator."""
    positive = OPPOSITES.get(operator, operator)
    if positive not in OPERATORS:
        raise invalid_condition()

    def test(asked: Asked) -> bool:
        has = asked.attribute(attribute)
        return has is not None and OPERATORS[positive](has, value) == (positive == operator)

    return test


def invalid_condition() -> ArmError:
    # https://github.com/Azure/azure-cli/issues/15683 (2020-10), https://github.com/MicrosoftDocs/azure-docs/issues/119449
    return ArmError(400, "BadRequest", "The given role assignment condition is invalid.")
