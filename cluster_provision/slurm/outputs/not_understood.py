"""What a program wrote is of no known form: unknown, which is never zero and never passed."""

from __future__ import annotations

from cluster_provision.errors import UnexpectedError
from cluster_provision.settings.reading import shown


class NotUnderstood(UnexpectedError):
    """A program gave nothing that we understand. `line` is the first that it wrote."""

    def __init__(self, program: str, text: str) -> None:
        self.line = next((shown(line.strip()) for line in text.splitlines() if line.strip()), "nothing")
        super().__init__(f"{program} gave nothing that we understand: {self.line}")
