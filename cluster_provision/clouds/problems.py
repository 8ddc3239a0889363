"""What clouds say when they make no machine, sorted into kinds: each cloud has a table of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady, ProvisionError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Kind:
    """Problems that are told alike: `pattern` is looked for in "<code>: <message>", `advice` is for the user."""

    pattern: re.Pattern[str]
    error: type[ProvisionError]
    advice: str

    def raised_for(self, message: str) -> ProvisionError:
        """The error of such a problem."""
        return error_of(self.error, message, self.advice)


def kind(pattern: str, error: type[ProvisionError], advice: str) -> Kind:
    """A kind whose pattern is looked for whatever the case."""
    return Kind(re.compile(pattern, re.IGNORECASE), error, advice)


def error_of(error: type[ProvisionError], message: str, advice: str) -> ProvisionError:
    """An error of the class with this message."""
    return SettingsError((message,), advice) if error is SettingsError else error(message, advice)


def first_fitting(problem: str, kinds: Sequence[Kind]) -> Kind:
    """The first of the kinds that fits "<code>: <message>"; NotReady's for what nobody has sorted yet, which may pass
    by itself."""
    return next((each for each in kinds if each.pattern.search(problem)), OTHER)


OTHER = Kind(re.compile(""), NotReady, "See docs/troubleshooting.md, and docs/node-status.md for where logs lie.")
