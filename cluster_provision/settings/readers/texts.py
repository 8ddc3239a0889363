"""Reads text of a fixed form: names and identifiers of Google Cloud."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue


@dataclass(frozen=True)
class Text:
    """Text that matches `pattern` (valid both for Python and in a JSON schema); `rule` says it in words.

    `hints` pair a pattern with the advice for a value that matches it instead; the first match wins.
    """

    type_name: str
    pattern: str
    rule: str
    longest: int = 0
    hints: tuple[tuple[str, str], ...] = ()
    spaces: str = "refused"

    @property
    def allowed(self) -> str:
        return self.rule

    def read(self, text: str) -> str:
        if self.longest and len(text) > self.longest:
            raise BadValue(f"has {len(text)} characters; at most {self.longest} are allowed")
        if not re.fullmatch(self.pattern, text):
            advice = next((a for pattern, a in self.hints if re.fullmatch(pattern, text, re.DOTALL)), "")
            article = "an" if self.type_name.startswith(("a", "e", "i", "o", "u")) else "a"
            raise BadValue(f"is not {article} {self.type_name}: {advice or self.rule}")
        return text

    def show(self, value: Any) -> str:
        return value or ""

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"pattern": f"^{self.pattern}$"}
        return {**found, "maxLength": self.longest} if self.longest else found
