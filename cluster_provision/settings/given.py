"""Which parameters are set, by which name, to what text: by the environment, or by a file of the user's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.parameter import Parameter


@dataclass(frozen=True)
class Given:
    """A parameter that is set: `name` and `written` as in the environment, `text` for its reader."""

    parameter: Parameter
    name: str
    written: str
    text: str

    @property
    def subject(self) -> str:
        """The beginning of an error line: the name, and the value unless it is long or confidential."""
        reader = self.parameter.declaration.reader
        if self.parameter.declaration.confidential or reader.spaces == "kept":
            return self.name
        return f"{self.name}={shown(self.written)}"


@dataclass(frozen=True)
class Environment:
    """The environment's values for this tool's parameters; each problem and note is one line."""

    given: Mapping[str, Given]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FromFile:
    """What a file of the user's sets: parameters by field, and fields of the settings that no parameter has.

    `bad` are fields whose problem is among `problems`; `excused` are mandatory ones for which another field stands.
    """

    given: Mapping[str, Given] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bad: frozenset[str] = frozenset()
    excused: frozenset[str] = frozenset()
