"""The last lines of what the command wrote, machine by machine, and where all of it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.readiness.node_states import some_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.result import CommandOutput

SHOWN_LINES = 20
SHOWN_GROUPS = 8


def results_text(outputs: Sequence[CommandOutput]) -> str:
    """The text; machines whose lines are equal are shown once. Empty where nothing came home."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in outputs:
        shown = "\n".join(each.text.rstrip().splitlines()[-SHOWN_LINES:])
        groups.setdefault((shown, each.note), []).append(each.node)
    lines: list[str] = []
    for (shown, note), names in list(groups.items())[:SHOWN_GROUPS]:
        lines.append(f"What the startup command wrote on {some_of(names)}:")
        lines += [f"    {line}" for line in shown.splitlines()] or ["    nothing"]
        lines += [f"  ({note})"] if note else []
    if len(groups) > SHOWN_GROUPS:
        lines.append(f"and {len(groups) - SHOWN_GROUPS} other outputs")
    return "\n".join([*lines, *_places(outputs)])


def _places(outputs: Sequence[CommandOutput]) -> list[str]:
    kept = [each.kept or each.archive for each in outputs if each.kept or each.archive]
    folders = [each.folder for each in outputs if each.folder]
    lines = [f"All of it is at {kept[0].rpartition('/')[0]}/"] if kept else []
    return [*lines, f"A folder for each machine is in {folders[0].rpartition('/')[0] or '/'}"] if folders else lines
