"""What keeps a machine from being there as an env file has it."""

from __future__ import annotations

from embedded_cloud.exchange import Answer
from embedded_cloud.failure import Refused


class NotAsNamed(Refused):
    """The machine can't be had, or it is another one than the env file names; the text says which and why."""

    def answer(self) -> Answer:
        return Answer.text(f"{self}\n", 409)
