"""What `node/apply.py` says about a machine's plan, as one outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NodeSetupError
from cluster_provision.targets.ssh_target import Applied

if TYPE_CHECKING:
    from cluster_provision.targets.existing.reach import Asked

CHANGED = ("changed", "would change")


def applied_of(asked: Asked) -> Applied:
    """The outcome of the lines; one whose last line is missing was cut off, so that what came of it is unknown."""
    changed = unchanged = 0
    failed: list[str] = []
    left: list[str] = []
    kept = {name for line in asked.answers for name in (line.get("ended") or {}).get("kept", ())}
    notes: list[str] = []
    diff: list[str] = []
    ended = False
    for line in asked.answers:
        if "ended" in line:
            ended = True
            continue
        what, detail = str(line.get("resource", "?")), str(line.get("detail", ""))
        match line.get("state"):
            case "changed" | "would change":
                changed += 1
                diff += [f"{what}{': ' + detail if detail else ''}", *_indented(str(line.get("diff", "")))]
            case "unchanged":
                unchanged += 1
            case "left" if what in kept:
                notes.append(f"{what}{': ' + detail if detail else ''}")
            case "left":
                left.append(f"{what}{': ' + detail if detail else ''}")
            case _:
                failed.append(f"{what}: {detail or 'failed'}")
    error = asked.error
    if error is None and not ended and not failed:
        error = NodeSetupError(
            f"{asked.machine}: the work broke off before its end",
            "Run the same command again: it goes on from there.",
        )
    return Applied(asked.machine, changed, unchanged, tuple(failed), tuple(left), tuple(notes), tuple(diff), error)


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]
