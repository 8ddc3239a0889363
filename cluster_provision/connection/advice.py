"""Fills settings into advice: a command that names <PROJECT_ID> can be pasted once it has the run's own."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings import Settings

PLACEHOLDER = re.compile("<(PROJECT_ID|ZONE|SUBSCRIPTION_ID|LOCATION|IMAGE)>")


def fill_in(failure: ProvisionError, settings: Settings, zone: str) -> None:
    """Put the settings' values, quoted for the shell, in the place of their names in the failure's advice.

    What the settings don't hold stays as it is. `zone` is the one that the run is in.
    """

    def value(found: re.Match[str]) -> str:
        held = zone if found[1] == "ZONE" else getattr(settings, found[1].lower(), None)
        text = getattr(held, "text", held)  # an image is kept in parts, beside its text
        return shlex.quote(text) if isinstance(text, str) and text else found[0]

    failure.advice = PLACEHOLDER.sub(value, failure.advice)
