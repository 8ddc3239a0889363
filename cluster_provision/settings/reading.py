"""Turns the text of one value into a typed value, and defines the two ways in which that fails."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class BadValue(Exception):
    """The text is not a value of the type. Each of `reasons` says why, and what is allowed.

    `secret`: the text holds something that no message may show.
    """

    def __init__(self, *reasons: str, secret: bool = False) -> None:
        super().__init__(*reasons)
        self.reasons = reasons
        self.secret = secret


class NotInThisVersion(Exception):
    """The value is good, but this version does not support it; `instead` says what the user can do now."""

    def __init__(self, instead: str) -> None:
        super().__init__(instead)
        self.instead = instead


def shown(text: str) -> str:
    """Return `text` for an error line: on one line, control characters escaped, at most 80 characters."""
    plain = printable(text[:81])
    return plain if len(text) <= 80 else f"{plain[:77]}..."


def printable(line: str) -> str:
    """Return `line` with control characters written out, so that none of them reaches a terminal."""
    return line if line.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def folded(text: str) -> str:
    """Return `text` as words are compared, whatever their case. Letters beyond ASCII stay: the German ß is not ss."""
    return text.lower() if text.isascii() else text


class Reader(Protocol[T_co]):
    """Reads one type of value.

    `type_name` names it and `allowed` describes its values in documents and errors, in plain words. `spaces` says what
    white space around a value means: `refused` (it would become part of the value), `ignored` (it has no meaning), or
    `kept` (the reader gets the text verbatim).
    """

    @property
    def type_name(self) -> str:
        """The type's name in the documents."""

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""

    @property
    def spaces(self) -> str:
        """`refused`, `ignored` or `kept`."""

    def read(self, text: str) -> T_co:
        """Return the value of `text`, which isn't empty. Raises BadValue or NotInThisVersion."""

    def show(self, value: Any) -> str:
        """Return `value` as a user writes it in an env file."""

    def schema(self) -> dict[str, Any]:
        """Return JSON Schema keywords for the text of such a value."""
