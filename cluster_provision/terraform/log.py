"""Writes Terraform's events to a log as text, for people and for the upload.

It keeps only messages, never the snippets of configuration or the outputs that events contain.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.disk import disk_errors_named

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.private import Private
    from cluster_provision.terraform.stream import Event


class Log:
    """Appends to `path`, without what is `private`.

    Once it is open, a full disk costs lines of the log, never the run: Terraform may be at work.
    """

    def __init__(self, path: Path, private: Private) -> None:
        self.path = path
        self._private = private
        with disk_errors_named():
            self._file = path.open("a", encoding="utf-8", errors="replace")

    def write(self, event: Event) -> None:
        """Keep the event's message, and a diagnostic's whole text."""
        at = str(event.get("@timestamp", ""))
        level = str(event.get("@level", "info"))
        message = str(event.get("@message", ""))
        diagnostic = event.get("diagnostic")
        if isinstance(diagnostic, dict) and diagnostic.get("detail"):
            message += "\n" + str(diagnostic["detail"])
        self._put(f"{at} [{level}] {message}".strip())

    def heading(self, text: str) -> None:
        """Write a line that says what follows."""
        self._put(f"--- {text}")
        self.flush()

    def flush(self) -> None:
        """Write everything to the disk: an upload or a person may read it now."""
        with contextlib.suppress(OSError):
            self._file.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()

    def _put(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(self._private.strike(text) + "\n")
