"""Reads values that users write in HCL: maps of scalars, and lists of them. It evaluates nothing.

It accepts Terraform's literals: `=` or `:` after a key, bare or quoted keys, items separated by commas or new lines, a
trailing comma, `{}`. A `${` or `%{` in a string is literal text (and so is `$${`, as in HCL, which the old tool's users
had to write). Numbers and booleans keep their text. Errors give the position and the key, never a value: metadata may
be confidential. With a missing or extra quote, a value may look like a key. So an error names a key only if it is bare
and = or : follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from cluster_provision.settings.reading import BadValue, shown

_BARE_KEY = re.compile(r"[^\W-][\w-]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"[^\W\d][\w.-]*")
_PLAIN = re.compile(r'[^"\\$%\r\n]+')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_MAP_EXAMPLE = '{ key1 = "val1", key2 = "val2" }'


@dataclass(frozen=True)
class Scalar:
    """A literal: `text` is a string's content, or a number or boolean as it was written."""

    kind: Literal["string", "number", "boolean"]
    text: str


def read_map(text: str) -> dict[str, Scalar]:
    """Return the map in `text`, its keys in the order given. Raises BadValue with the position."""
    cursor = _Cursor(text)
    cursor.skip_blank()
    if not cursor.at("{"):
        cursor.fail(f"a map in braces is needed, such as {_MAP_EXAMPLE}")
    found = _map(cursor)
    _end(cursor)
    return found


def read_maps(text: str) -> list[dict[str, Scalar]]:
    """Return the list of maps in `text`. Raises BadValue with the position."""
    cursor = _Cursor(text)
    cursor.skip_blank()
    if not cursor.take("["):
        cursor.fail('a list in brackets is needed, such as [{ name = "pool-1" }]')
    found: list[dict[str, Scalar]] = []
    cursor.skip_blank()
    while not cursor.take("]"):
        if not cursor.at("{"):
            cursor.fail("a map in braces is needed")
        found.append(_map(cursor))
        cursor.skip_blank()
        if not cursor.take(",") and not cursor.at("]"):
            cursor.fail("a comma or ] is needed")
        cursor.skip_blank()
    _end(cursor)
    return found


class _Cursor:
    """A position in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def at(self, token: str) -> bool:
        return self.text.startswith(token, self.place)

    def take(self, token: str) -> bool:
        if not self.at(token):
            return False
        self.place += len(token)
        return True

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.place)
        if found is None:
            return ""
        self.place = found.end()
        return found.group()

    def skip_blank(self) -> bool:
        """Skip white space, and return whether it held a new line, which separates items."""
        start = self.place
        while self.place < len(self.text) and self.text[self.place] in " \t\r\n":
            self.place += 1
        return "\n" in self.text[start : self.place]

    def fail(self, reason: str, place: int | None = None) -> NoReturn:
        at = self.place if place is None else place
        where = "at its end" if at >= len(self.text) else f"at character {at + 1}"
        raise BadValue(f"can't be read {where}: {reason}")


def _map(cursor: _Cursor) -> dict[str, Scalar]:
    cursor.take("{")
    found: dict[str, Scalar] = {}
    cursor.skip_blank()
    while not cursor.take("}"):
        start = cursor.place
        key = _key(cursor)
        cursor.skip_blank()
        if not (cursor.take("=") or cursor.take(":")):
            cursor.fail("= or : is needed after this key")
        cursor.skip_blank()
        value = _scalar(cursor, key)
        if key in found:
            cursor.fail(f"{_named(key)} appears twice", start)
        found[key] = value
        new_line = cursor.skip_blank()
        if cursor.take(","):
            cursor.skip_blank()
        elif not new_line and not cursor.at("}"):
            cursor.fail(f"a comma or }} is needed after the value of {_named(key)}")
    return found


def _named(key: str) -> str:
    return shown(key) if _BARE_KEY.fullmatch(key) else "this key"


def _key(cursor: _Cursor) -> str:
    if cursor.at('"'):
        return _string(cursor, "a key")
    key = cursor.match(_BARE_KEY)
    if not key:
        cursor.fail("a key is needed: letters, digits, - and _, or text in double quotes")
    return key


def _scalar(cursor: _Cursor, key: str) -> Scalar:
    name = f"the value of {_named(key)}"
    if cursor.at('"'):
        return Scalar("string", _string(cursor, name))
    number = cursor.match(_NUMBER)
    if number:
        return Scalar("number", number)
    start = cursor.place
    word = cursor.match(_WORD)
    if word in {"true", "false"}:
        return Scalar("boolean", word)
    if word == "null":
        cursor.fail(f"{name} is null; leave the key out instead", start)
    if cursor.at("{") or cursor.at("["):
        cursor.fail(f"{name} must be text, a number, true or false")
    cursor.fail(f"{name} must be in double quotes (or be a number, true or false)", start)


def _string(cursor: _Cursor, name: str) -> str:
    start = cursor.place
    cursor.take('"')
    parts: list[str] = []
    while not cursor.take('"'):
        if cursor.place >= len(cursor.text) or cursor.text[cursor.place] in "\r\n":
            cursor.fail(f"the double quote that begins {name} is not closed on its line", start)
        plain = cursor.match(_PLAIN)
        if plain:
            parts.append(plain)
        elif cursor.take("$${"):
            parts.append("${")
        elif cursor.take("%%{"):
            parts.append("%{")
        elif cursor.take("\\"):
            parts.append(_escape(cursor, name))
        else:
            parts.append(cursor.text[cursor.place])
            cursor.place += 1
    return "".join(parts)


def _escape(cursor: _Cursor, name: str) -> str:
    start = cursor.place - 1
    letter = cursor.text[cursor.place : cursor.place + 1]
    cursor.place += 1
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    digits = {"u": 4, "U": 8}.get(letter, 0)
    code = cursor.text[cursor.place : cursor.place + digits]
    if digits and len(code) == digits and re.fullmatch("[0-9A-Fa-f]+", code):
        cursor.place += digits
        number = int(code, 16)
        if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
            return chr(number)
        cursor.fail(f"{name} has an escape that is no Unicode character", start)
    cursor.fail(f'{name} has an unknown escape; known are \\n \\r \\t \\" \\\\ \\uXXXX and \\UXXXXXXXX', start)


def _end(cursor: _Cursor) -> None:
    cursor.skip_blank()
    if cursor.place < len(cursor.text):
        cursor.fail("nothing may follow the closing bracket")
