"""Removes private values from everything that is shown, logged or uploaded."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STRUCK_OUT = "(not shown)"
SHORTEST = 6
"""Shorter values ("yes", "true") are common words, and removing them would hide nothing."""


CREDENTIALS = re.compile(r"(SECRET|PASSWORD|TOKEN|ACCESS_KEY|CLIENT_CERTIFICATE)$")
"""The ends of the names of variables with credentials. The declarations say which parameters are private."""


class Private:
    """Knows private values; `strike(text)` removes them from a text."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms = {form for value in values if len(value) >= SHORTEST for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def strike(self, text: str) -> str:
        """Return the text without the values, in any of the forms that messages give them."""
        for form in self._forms:
            text = text.replace(form, STRUCK_OUT)
        return text


def private_in(environ: Mapping[str, str], names: frozenset[str]) -> Private:
    """Return the private values of an environment that nobody has read yet: those of `names`, and credentials."""
    return Private(value for name, value in environ.items() if name in names or CREDENTIALS.search(name))


def _forms(value: str) -> tuple[str, ...]:
    quoted = json.dumps(value)[1:-1]
    hcl = quoted.replace("${", "$${").replace("%{", "%%{")
    return value, value.strip(), quoted, json.dumps(value, ensure_ascii=False)[1:-1], hcl
