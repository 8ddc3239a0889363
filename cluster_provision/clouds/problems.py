"""Sorts what a cloud says when it makes no machine. Each cloud has its own table of problems."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady, ProvisionError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Kind:
    """Problems with the same advice: `pattern` is searched for in "<code>: <message>", `advice` is for the user.

    `final` says that no waiting heals it. `names` finds what the problem is about: where its group `zone` is found, the
    advice has that in the place of `<zone>`. One that is named as a setting, `ZONE`, is the run's own where the problem
    names none.
    """

    pattern: re.Pattern[str]
    error: type[ProvisionError]
    advice: str
    final: bool = False
    names: tuple[re.Pattern[str], ...] = ()

    def advice_on(self, problem: str) -> str:
        """Return the advice, with what this problem names, quoted for the shell."""
        advice = self.advice
        for pattern in self.names:
            found = pattern.search(problem)
            for name, value in (found.groupdict() if found else {}).items():
                advice = advice.replace(f"<{name}>", shlex.quote(value) if value else f"<{name}>")
        return advice

    def raised_for(self, message: str) -> ProvisionError:
        """Return the error for such a problem."""
        return error_of(self.error, message, self.advice_on(message))


def kind(
    pattern: str,
    error: type[ProvisionError],
    advice: str,
    *,
    final: bool | None = None,
    names: Sequence[str] = (),
) -> Kind:
    """Return a kind whose pattern ignores case. Settings are final where nothing else is said."""
    found = tuple(re.compile(each, re.IGNORECASE) for each in names)
    last = error is SettingsError if final is None else final
    return Kind(re.compile(pattern, re.IGNORECASE), error, advice, last, found)


def error_of(error: type[ProvisionError], message: str, advice: str) -> ProvisionError:
    """Return an error of the class with this message."""
    return SettingsError((message,), advice) if error is SettingsError else error(message, advice)


def first_fitting(problem: str, kinds: Sequence[Kind]) -> Kind:
    """Return the first kind that fits "<code>: <message>", or OTHER.

    OTHER raises NotReady: an unknown problem may pass.
    """
    return next((each for each in kinds if each.pattern.search(problem)), OTHER)


OTHER = Kind(re.compile(""), NotReady, "See docs/troubleshooting.md, and docs/node-status.md for the places of logs.")
