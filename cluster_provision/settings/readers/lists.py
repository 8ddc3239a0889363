"""Reads lists separated by commas. Empty entries are skipped, and errors name each bad entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.settings.readers.choices import words_in_any_case
from cluster_provision.settings.reading import BadValue, folded, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


@dataclass(frozen=True)
class Words:
    """Some of `words`, in any case."""

    words: tuple[str, ...]
    type_name: str = "list of words"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        return f"{', '.join(self.words)}, separated by commas"

    def read(self, text: str) -> tuple[str, ...]:
        """Return the words, each once, in the order of the declaration."""
        given = set(read_entries(text, self._word))
        return tuple(word for word in self.words if word in given)

    def _word(self, entry: str) -> str:
        if folded(entry) not in self.words:
            raise BadValue(f"is none of the allowed values: {', '.join(self.words)}")
        return folded(entry)

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        """Any case is allowed, so the words are a pattern; `x-values` lists them plainly."""
        return {"pattern": f"^(\\s*({words_in_any_case(self.words)})?\\s*(,|$))*$", "x-values": list(self.words)}


def read_entries(text: str, read: Callable[[str], T]) -> tuple[T, ...]:
    """Return the value of each non-empty entry. Raises BadValue with a reason for every bad one."""
    read_ones: list[T] = []
    reasons: list[str] = []
    for position, entry in enumerate(text.split(","), start=1):
        stripped = entry.strip()
        if not stripped:
            continue
        try:
            read_ones.append(read(stripped))
        except BadValue as bad:
            reasons += [f"entry {position} ({shown(stripped)}) {reason}" for reason in bad.reasons]
    if reasons:
        raise BadValue(*reasons)
    return tuple(read_ones)


def refuse_doubles(paths: list[str]) -> None:
    """Raise BadValue where two mounts have one path."""
    doubles = twice(paths)
    if doubles:
        raise BadValue(*(f"mounts twice on {shown(path)}; each mount needs a path of its own" for path in doubles))


def twice(entries: Iterable[str]) -> list[str]:
    """Those that are there more than once, in order."""
    return sorted(entry for entry, count in Counter(entries).items() if count > 1)
