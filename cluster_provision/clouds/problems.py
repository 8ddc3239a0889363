"""Sorts what a cloud says when it makes no machine. Each cloud has its own table of problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady, ProvisionError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Kind:
    """Problems with the same advice: `pattern` is searched for in "<code>: <message>", `advice` is for the user."""

    pattern: re.Pattern[str]
    error: type[ProvisionError]
    advice: str

    def raised_for(self, message: str) -> ProvisionError:
        """Return the error for such a problem."""
        return error_of(self.error, message, self.advice)


def kind(pattern: str, error: type[ProvisionError], advice: str) -> Kind:
    """Return a kind whose pattern ignores case."""
    return Kind(re.compile(pattern, re.IGNORECASE), error, advice)


def error_of(error: type[ProvisionError], message: str, advice: str) -> ProvisionError:
    """Return an error of the class with this message."""
    return SettingsError((message,), advice) if error is SettingsError else error(message, advice)


def first_fitting(problem: str, kinds: Sequence[Kind]) -> Kind:
    """Return the first kind that fits "<code>: <message>", or OTHER.

    OTHER raises NotReady: an unknown problem may pass.
    """
    return next((each for each in kinds if each.pattern.search(problem)), OTHER)


OTHER = Kind(re.compile(""), NotReady, "See docs/troubleshooting.md, and docs/node-status.md for the places of logs.")
