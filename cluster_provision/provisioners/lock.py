"""The state's lock, as a run meets it before it changes anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cluster_provision.errors import StateLocked

if TYPE_CHECKING:
    from cluster_provision.run import Run


def refuse_locked(run: Run) -> None:
    """Raises StateLocked while another run holds the state's lock."""
    held = run.store.lock() if run.store.exists() else None
    if held is None:
        return
    raise StateLocked(
        f"the state of {run.target.cluster.name} is locked by {held.holder}"
        f" ({held.operation or 'unknown operation'}, {_age(held.created)})",
        "Wait for that run to end. If it was killed and will never end, clear the lock and run this again:\n"
        f"  {held.clear}",
    )


def _age(created: str) -> str:
    try:
        since = datetime.now(UTC) - datetime.fromisoformat(created)
    except (ValueError, TypeError):
        return f"since {created or 'an unknown time'}"
    minutes = int(since.total_seconds() // 60)
    age = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return f"for {age}, since {created}"
