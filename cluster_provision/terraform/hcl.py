"""Writes Python values as HCL literals: the only way in which a value reaches a file that Terraform reads."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

HclValue: TypeAlias = "str | int | float | bool | Sequence[HclValue] | Mapping[str, HclValue] | None"

_NAMED_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_hcl(value: HclValue, indent: str = "") -> str:  # noqa: PLR0911 - one literal a type
    """Return `value` as an HCL expression that holds only literals.

    Terraform reads the same value back, except for two things: it normalises strings to Unicode NFC, and a map(string)
    turns numbers into text. Raises TypeError for a type without an HCL literal, and ValueError for a number that is not
    finite or a string that is not Unicode text (a lone surrogate).
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return _map(value, indent)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return "[" + ", ".join(to_hcl(item, indent) for item in value) + "]"
    raise TypeError(f"no HCL literal for a {type(value).__name__}")


def _map(values: Mapping[str, HclValue], indent: str) -> str:
    if not values:
        return "{}"
    inner = indent + "  "
    lines = []
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(f"the keys of an HCL map are text, not {type(key).__name__}")
        lines.append(f"{inner}{_quoted(key)} = {to_hcl(value, inner)}\n")
    return "{\n" + "".join(lines) + indent + "}"


def _quoted(text: str) -> str:
    # `${` and `%{` begin templates in HCL; doubled, they mean themselves.
    doubled = re.sub(r"([$%])\{", r"\1\1{", text)
    return '"' + "".join(_escaped(c) for c in doubled) + '"'


def _escaped(character: str) -> str:
    if character in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("the text is not valid Unicode")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"HCL has no number for {value}")
    return repr(value)
