"""A store of texts in memory, as far as the target's parts use one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass
class Texts:
    """`written` are the names in the order in which they were written."""

    of: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    uri: str = "ssh://head/state"

    def read(self, name: str) -> str | None:
        return self.of.get(name)

    def read_each(self, names: Sequence[str]) -> list[str | None]:
        return [self.of.get(name) for name in names]

    def write(self, name: str, text: str) -> None:
        self.written.append(name)
        self.of[name] = text

    def write_each(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            self.write(name, text)

    def remove_each(self, names: Sequence[str]) -> None:
        for name in names:
            self.of.pop(name, None)
