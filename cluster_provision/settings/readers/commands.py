"""The user's own command, which the machines run last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue

# The metadata key that holds it is limited to 256 KiB.
MOST_COMMAND_BYTES = 256 * 1024
# From a run's beginning alone, so that the time goes by its length.
_BACKSLASHES_AND_QUOTE = re.compile(r'(?<!\\)(\\*)"')


@dataclass(frozen=True)
class Command:
    """A shell command, passed on verbatim, except for the old tool's way of writing quotes."""

    most: int = MOST_COMMAND_BYTES
    type_name: str = "shell command"
    allowed: str = "anything that bash runs; on one line, as an env file has no other"
    spaces: str = "kept"

    def read(self, text: str) -> str:
        """Return the command for bash."""
        if len(text.encode()) > self.most:
            raise BadValue(f"has more than {self.most} bytes; copy a script to the machines and run that")
        return without_escaped_quotes(text)

    def show(self, value: Any) -> str:
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"maxLength": self.most}


def without_escaped_quotes(text: str) -> str:
    r"""Return `text` with `\"` turned into `"`, if every double quote in it has a backslash; else unchanged.

    The old tool pasted the command between double quotes, so its users had to write each double quote as \" and each
    backslash before one as \\. One bare double quote would have broken that: a command with one was not written for
    the old tool.
    """
    runs = _BACKSLASHES_AND_QUOTE.findall(text)
    if not runs or any(len(backslashes) % 2 == 0 for backslashes in runs):
        return text
    return _BACKSLASHES_AND_QUOTE.sub(lambda run: "\\" * (len(run.group(1)) // 2) + '"', text)
