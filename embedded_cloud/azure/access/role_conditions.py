"""Conditions of role assignments, in the form that terraform/modules/azure/identity writes.

    ((!(ActionMatches{'ACTION'})) OR (@Resource[ATTRIBUTE] StringStartsWith 'TEXT')) AND …

Whatever else Azure knows is refused as unknown, since a condition that is misread lets in the wrong ones.
https://learn.microsoft.com/azure/role-based-access-control/conditions-format
https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes (both read 2026-11-25)
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_cloud.azure.failure import ArmError, not_emulated

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
VERSION = "2.0"
TOKEN = re.compile(r"\s*(\(|\)|!|&&|\|\||'[^']*'|\{[^}]*\}|@\w+\[[^\]]+\]|\w+)")
# What Azure knows besides: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#operators
UNSUPPORTED = re.compile(
    r"&&|\|\||NOT|Exists|SubOperationMatches|@(?:Principal|Request|Environment)\[.*"
    r"|(?:ForAnyOf|ForAllOf)\w+|(?:String|Numeric|DateTime|Bool|Guid|Ip)\w+"
)


@dataclass(frozen=True)
class Asked:
    """One access to check: the action, such as `<BLOBS>/read`, the container, and the blob's path. The path is empty
    where the action is not on a single blob."""

    action: str
    container: str
    path: str = ""

    def attribute(self, name: str) -> str | None:
        """The value of an attribute; None for one that the request doesn't have."""
        known = {
            f"{BLOBS}:path": self.path,
            f"{BLOBS.removesuffix('/blobs')}:name": self.container,
        }
        return known.get(name) or None


Test = Callable[[Asked], bool]


def allows(condition: str, asked: Asked) -> bool:
    """Whether what is asked for may be done. Raises ArmError, as `parsed` does."""
    return parsed(condition)(asked)


@functools.cache
def parsed(text: str) -> Test:
    """The condition as a test. Raises ArmError: 400 for what is no condition, 501 for what only Azure knows."""
    words: list[str] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise invalid_condition()
        words.append(found[1])
        at = found.end()
    for word in words:
        if UNSUPPORTED.fullmatch(word) and word != "StringStartsWith":
            raise not_emulated(f"{word} in the condition of a role assignment")
    test, rest = _either(words)
    if rest:
        raise invalid_condition()
    return test


def _either(words: list[str]) -> tuple[Test, list[str]]:
    return _joined(words, _both, "OR", any)


def _both(words: list[str]) -> tuple[Test, list[str]]:
    return _joined(words, _one, "AND", all)


def _joined(words: list[str], part: Any, by: str, how: Any) -> tuple[Test, list[str]]:
    first, words = part(words)
    tests = [first]
    while words and words[0] == by:
        more, words = part(words[1:])
        tests.append(more)
    return (lambda asked: bool(how(test(asked) for test in tests))), words


def _one(words: list[str]) -> tuple[Test, list[str]]:
    if not words:
        raise invalid_condition()
    first, *rest = words
    if first == "!":
        test, rest = _one(rest)
        return (lambda asked: not test(asked)), rest
    if first == "(":
        test, rest = _either(rest)
        if rest[:1] != [")"]:
            raise invalid_condition()
        return test, rest[1:]
    if first == "ActionMatches" and rest and rest[0].startswith("{'"):
        wanted = rest[0][2:-2]
        return (lambda asked: fnmatch.fnmatchcase(asked.action.lower(), wanted.lower())), rest[1:]
    if first.startswith("@Resource[") and rest[:1] == ["StringStartsWith"] and rest[1:2] and rest[1].startswith("'"):
        return _starts_with(first[len("@Resource[") : -1], rest[1][1:-1]), rest[2:]
    raise invalid_condition()


def _starts_with(attribute: str, value: str) -> Test:
    """A test of an attribute; one that the request lacks begins with nothing."""

    def test(asked: Asked) -> bool:
        has = asked.attribute(attribute)
        return has is not None and has.startswith(value)

    return test


def invalid_condition() -> ArmError:
    # https://github.com/Azure/azure-cli/issues/15683 (2020-10), https://github.com/MicrosoftDocs/azure-docs/issues/119449
    return ArmError(400, "BadRequest", "The given role assignment condition is invalid.")
