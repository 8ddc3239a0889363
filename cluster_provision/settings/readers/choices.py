"""Reads one of several words, in any case: enumerations, yes and no, and the switch that any value turns on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cluster_provision.settings.reading import BadValue, NotInThisVersion, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T", bound=str)


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One of `values`.

    Each of `later` is a good value that this version doesn't support, with what to do instead. Each of `refused` is a
    value that users try, with the reason why it can't work.
    """

    values: tuple[T, ...]
    later: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    type_name: str = "one of the values"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        """The values that this version accepts."""
        return ", ".join(self.values)

    def read(self, text: str) -> T:
        """Return the value as it is declared, whatever the case of `text`."""
        for value in self.values:
            if folded(text) == folded(value):
                return value
        for word, instead in self.later.items():
            if folded(text) == folded(word):
                raise NotInThisVersion(instead)
        for word, reason in self.refused.items():
            if folded(text) == folded(word):
                raise BadValue(f"can't be used: {reason}")
        raise BadValue(f"is none of the allowed values: {self.allowed}")

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        """Any case is allowed, so the words are a pattern; `x-values` lists them plainly."""
        return {"pattern": pattern_of(self.values), "x-values": list(self.values)}


TRUE_WORDS = ("yes", "true", "1")
FALSE_WORDS = ("no", "false", "0")
WORDS = tuple(word for pair in zip(TRUE_WORDS, FALSE_WORDS, strict=True) for word in pair)


@dataclass(frozen=True)
class YesNo:
    type_name: str = "yes or no"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return ", ".join(WORDS)

    def read(self, text: str) -> bool:
        word = folded(text)
        if word not in WORDS:
            raise BadValue(f"is none of the allowed values: {self.allowed}")
        return word in TRUE_WORDS

    def show(self, value: Any) -> str:
        return "yes" if value else "no"

    def schema(self) -> dict[str, Any]:
        return {"pattern": pattern_of(WORDS), "x-values": list(WORDS)}


class AnyValue:
    """A switch that any value turns on, also `no`: the old tool had it so, and scripts rely on it."""

    type_name = "any value"
    spaces = "ignored"

    @property
    def allowed(self) -> str:
        return "any value turns it on"

    def read(self, text: str) -> bool:
        return True

    def show(self, value: Any) -> str:
        return "yes" if value else ""

    def schema(self) -> dict[str, Any]:
        return {}


class Yes(AnyValue):
    """A switch whose name other programs use too: whatever they set there, only the words for yes turn it on."""

    type_name = "yes"

    @property
    def allowed(self) -> str:
        return "yes turns it on"

    def read(self, text: str) -> bool:
        return folded(text) in ("yes", "true")


def pattern_of(words: Iterable[str]) -> str:
    """Return a pattern (ECMA 262) for `words` in any case, with white space around them allowed."""
    return f"^\\s*({words_in_any_case(words)})\\s*$"


def words_in_any_case(words: Iterable[str]) -> str:
    """Return the alternatives of such a pattern."""
    return "|".join("".join(_either_case(c) for c in word) for word in words)


def _either_case(character: str) -> str:
    if character.isalpha():
        return f"[{character.upper()}{character.lower()}]"
    return character if character.isalnum() or character in "-_" else "\\" + character
