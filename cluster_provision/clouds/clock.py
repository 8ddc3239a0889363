"""A cloud's own clock, read from its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def second_after(date: str) -> datetime:
    """Return the full second after the date of an answer, which has no fractions; else this machine's time."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        at = datetime.now(UTC).replace(microsecond=0)
    return at + timedelta(seconds=1)
