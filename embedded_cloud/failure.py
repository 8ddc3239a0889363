"""What every refusal of a cloud is; how each cloud words its own is in google/failure.py and azure/failure.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.exchange import Answer


class Refused(Exception, ABC):
    """An answer that is an error of a cloud."""

    @abstractmethod
    def answer(self) -> Answer:
        """The error as the cloud's clients read it."""
