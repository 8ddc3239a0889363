"""Reads Azure's resource IDs. Azure ignores their case; provider azurerm requires Azure's own spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The placeholder of a name in a form.
_NAME = "<name>"
GROUP = "/subscriptions/<name>/resourceGroups/<name>/providers"


@dataclass(frozen=True)
class ResourceId:
    """The form of an ID: fixed words, and <name> for each name."""

    form: str

    @property
    def pattern(self) -> str:
        """Return a pattern (ECMA 262) for IDs of this form, in any case of their fixed words."""
        parts = ("[^/]+" if part == _NAME else _in_any_case(part) for part in self.form.split("/"))
        return "/".join(parts)

    def read(self, text: str) -> str:
        """Return the ID with its fixed words as Azure writes them; empty where it has another form."""
        if not re.fullmatch(self.pattern, text):
            return ""
        given, form = text.split("/"), self.form.split("/")
        return "/".join(name if part == _NAME else part for name, part in zip(given, form, strict=True))


def _in_any_case(word: str) -> str:
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else "\\." if c == "." else c for c in word)
