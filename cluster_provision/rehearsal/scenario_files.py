"""Checks the user's files about what goes wrong in the embedded cloud, before a rehearsal begins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError
from embedded_cloud.azure.conditions import KEYS as AZURE_KEYS
from embedded_cloud.conditions import SHARED, conditions_of
from embedded_cloud.existing.conditions import KEYS as EXISTING_KEYS
from embedded_cloud.google.conditions import KEYS as GOOGLE_KEYS
from embedded_cloud.scenario import rules_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONDITIONS = SHARED | GOOGLE_KEYS | AZURE_KEYS | EXISTING_KEYS
FILES: dict[str, Callable[[str], object]] = {
    "scenario.json": rules_of,
    "conditions.json": partial(conditions_of, keys=CONDITIONS),
}
ADVICE = "Correct the file, or remove it; nothing was changed."


def check_told(folder: Path) -> None:
    """Raise SettingsError for an unreadable file in the cloud's folder: its problems would silently never happen."""
    problems = []
    for name, read in FILES.items():
        try:
            read((folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            problems.append(f"{folder / name}: {error}")
    if problems:
        raise SettingsError(tuple(problems), ADVICE, where=" in the rehearsal's scenario files")
