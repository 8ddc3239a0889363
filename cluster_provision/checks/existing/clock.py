"""Whether the machines' clocks agree: munge refuses a message that seems too old, or of the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject

MOST_SECONDS = 60.0
"""munged(8): a credential lives 300 seconds by default; half a minute either way is what a look over SSH can err."""


def clock(subject: Subject) -> Finding:
    """Each clock against the middle of all."""
    usual = subject.usual_ahead
    off = {
        name: f"has its clock {_spelt(seen.ahead - usual)} the other machines'"
        for name, seen in subject.seen.items()
        if abs(seen.ahead - usual) > MOST_SECONDS
    }
    widest = max((abs(seen.ahead - usual) for seen in subject.seen.values()), default=0.0)
    return finding(
        "clock",
        off,
        f"within {max(widest, 1.0):.0f} s of each other",
        "Set it right (timedatectl, or `chronyc makestep` where chrony runs): with a wrong one, munge refuses the "
        "machine, and files seem to be of the future.",
    )


def _spelt(seconds: float) -> str:
    size = abs(seconds)
    number = (
        f"{size / 3600:.1f} hours" if size >= 5400 else f"{size / 60:.0f} minutes" if size >= 90 else f"{size:.0f} s"
    )
    return f"{number} {'ahead of' if seconds > 0 else 'behind'}"
