"""How the text of one value becomes a typed value, and the two ways in which it can't."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class BadValue(Exception):
    """The text is no value of its type; each of `reasons` says why, and what is allowed.

    `secret`: the text holds what no message may show.
    """

    def __init__(self, *reasons: str, secret: bool = False) -> None:
        super().__init__(*reasons)
        self.reasons = reasons
        self.secret = secret


class NotInThisVersion(Exception):
    """The text is a good value whose effect isn't built; `instead` says what can be done now."""

    def __init__(self, instead: str) -> None:
        super().__init__(instead)
        self.instead = instead


def shown(text: str) -> str:
    """`text` for an error line: one line, control characters written out, shortened to 80 characters."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:81])
    return plain if len(text) <= 80 else f"{plain[:77]}..."


class Reader(Protocol[T_co]):
    """One type of value.

    `type_name` names it and `allowed` describes its values in documents and errors, in plain words.
    `spaces` says what white space around a value means: `refused` (it would become part of the value),
    `ignored` (it can mean nothing), or `kept` (the reader sees the text as it stands).
    """

    @property
    def type_name(self) -> str:
        """The type's name in the documents."""

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""

    @property
    def spaces(self) -> str:
        """`refused`, `ignored` or `kept`."""

    def read(self, text: str) -> T_co:
        """The value of `text`, which isn't empty; raises BadValue or NotInThisVersion."""

    def show(self, value: Any) -> str:
        """`value` as one would write it in an env file."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema keywords for the text of such a value."""
