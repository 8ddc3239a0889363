"""What a user tells the embedded cloud of what goes wrong, looked at before a rehearsal begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError
from embedded_cloud.conditions import conditions_of
from embedded_cloud.scenario import rules_of

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"scenario.json": rules_of, "conditions.json": conditions_of}
ADVICE = "Correct the file, or take it away; nothing was changed."


def check_told(folder: Path) -> None:
    """Raise SettingsError where a file in the cloud's folder can't be read: nothing of it would happen, and a rehearsal
    would look as if all went well in spite of it."""
    problems = []
    for name, read in FILES.items():
        try:
            read((folder / name).read_text())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            problems.append(f"{folder / name}: {error}")
    if problems:
        raise SettingsError(tuple(problems), ADVICE, where=" in what the rehearsal is told")
