"""The log of Terraform's events, as text: what a person reads and what is uploaded.

Only messages are kept, never the snippets of configuration or the outputs that events carry, and
the values that the user asked to keep private are struck out wherever a message repeats them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cluster_provision.terraform.stream import Event

STRUCK_OUT = "(not shown)"
SHORTEST_PRIVATE = 6
"""Shorter values ("yes", "true") are words of any log, and striking them out would hide nothing."""


class Log:
    """Appends to `path`; `private` are values that must not appear there."""

    def __init__(self, path: Path, private: Iterable[str] = ()) -> None:
        self.path = path
        self._private = sorted({p for p in private if len(p) >= SHORTEST_PRIVATE}, key=len, reverse=True)
        self._file = path.open("a", encoding="utf-8")

    def write(self, event: Event) -> None:
        """Keep the event's message, and a diagnostic's whole text."""
        at = str(event.get("@timestamp", ""))
        level = str(event.get("@level", "info"))
        message = str(event.get("@message", ""))
        diagnostic = event.get("diagnostic")
        if isinstance(diagnostic, dict) and diagnostic.get("detail"):
            message += "\n" + str(diagnostic["detail"])
        self._file.write(self.without_private(f"{at} [{level}] {message}".strip()) + "\n")

    def heading(self, text: str) -> None:
        """A line that says what follows."""
        self._file.write(f"--- {text}\n")
        self.flush()

    def flush(self) -> None:
        """Put what was written on the disk: an upload or a person may read it now."""
        self._file.flush()

    def close(self) -> None:
        """End the log."""
        self._file.close()

    def without_private(self, text: str) -> str:
        """The text with every private value struck out."""
        for value in self._private:
            text = text.replace(value, STRUCK_OUT)
        return text
