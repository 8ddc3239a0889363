"""Splits a host's line of an INI inventory: the host pattern, and variables with their values.

Ansible splits it as a POSIX shell does (Python's shlex, with comments): quotes are taken off, and # begins a comment
wherever it stands outside of them, within a word too.
"""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.inventory.secrets import is_secret_name
from cluster_provision.settings.reading import BadValue, shown

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_NO_EQUALS = re.compile(r"(ansible(?:_[a-z]+)*?_(?:host|user|port))[_:]([0-9A-Za-z].*)")


@dataclass(frozen=True)
class HostLine:
    """What a line says."""

    pattern: str
    variables: dict[str, Any]


def host_line(line: str) -> HostLine:
    """Return what the line says. Raises BadValue with every reason; none shows what may be secret."""
    try:
        pattern, *words = shlex.split(line, comments=True)
    except ValueError:
        raise BadValue("a quote is opened and not closed, or the line ends in a backslash") from None
    reasons = []
    cut = _cut_word(line)
    if cut is not None:
        name, equals, value = (words[-1] if words else pattern).partition("=")
        after = f" (it is read as {shown(value)})" if equals and not is_secret_name(name) else ""
        reasons.append(
            f"a # within the value of {shown(name)} begins a comment for Ansible, which cuts the value off{after}: put "
            "the value in quotes, or a blank before the #"
        )
    if pattern.endswith(",") or (words and words[0].startswith(",")):
        raise BadValue("several hosts stand in one line; write one a line, or a range such as n[1:4]")
    variables, wrong = _variables(words)
    if reasons or wrong:
        raise BadValue(*reasons, *wrong)
    return HostLine(pattern, variables)


def misplaced_variable(line: str) -> str:
    """Return the variable that a line sets in a host's place; empty where it begins with a host."""
    found = re.match(r"([A-Za-z_]\w*)\s*=|(ansible_\w+)", line)
    return found.group(1) or found.group(2) if found else ""


def literal(text: str) -> Any:
    """Return the value that Ansible makes of text in an INI inventory: a Python literal, else the text itself."""
    if len(text) > _LONGEST_LITERAL:
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    if isinstance(found, (set, tuple)):
        return list(found)
    if isinstance(found, complex):
        return str(found)
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace")
    return text if found is ... else found


_LONGEST_LITERAL = 64 * 1024


def _variables(words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the variables of the words after the pattern, and what is wrong with them."""
    found: dict[str, Any] = {}
    reasons: list[str] = []
    secret = False
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word.startswith(";"):
            reasons.append("a ; begins no comment behind a host, where Ansible knows # alone")
            break
        if not equals and rest and rest[0].startswith("=") and _NAME.fullmatch(name):
            value = rest.pop(0)[1:] or (rest.pop(0) if rest else "")
            reasons.append(_blank(name, value))
        elif equals and not value and rest and "=" not in rest[0]:
            reasons.append(_blank(name, rest.pop(0)))
        elif not equals and name.startswith("ansible_") and _NAME.fullmatch(name) and rest and "=" not in rest[0]:
            value = rest.pop(0)
            right = "<value>" if is_secret_name(name) else shown(value)
            reasons.append(f"{shown(name)} has no =; write {shown(name)}={right}")
        elif not equals:
            reasons.append(_no_equals(word, hidden=secret))
        else:
            found[name] = literal(value)
        secret = secret or is_secret_name(name)
    return found, reasons


def _blank(name: str, value: str) -> str:
    right = "<value>" if is_secret_name(name) else shown(value)
    return f"a blank stands beside the = of {shown(name)}, which Ansible refuses here; write {shown(name)}={right}"


def _no_equals(word: str, *, hidden: bool) -> str:
    if hidden:
        return "a word without = follows a password; put a value that holds blanks in quotes"
    meant = _NO_EQUALS.fullmatch(word)
    advice = f"; write {meant.group(1)}={shown(meant.group(2))}" if meant else "; variables are written as name=value"
    return f"{shown(word)} has no ={advice}"


def _cut_word(line: str) -> int | None:
    """Return where a # begins a comment within a word; None where it doesn't."""
    quote = ""
    skip = False
    for index, character in enumerate(line):
        if skip:
            skip = False
        elif character == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            return index if index and not line[index - 1].isspace() else None
    return None
