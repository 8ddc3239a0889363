"""A cloud's own clock, as its answers tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def second_after(date: str) -> datetime:
    """The full second after an answer's own date, which is cut to seconds; this machine's where it has none."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        at = datetime.now(UTC).replace(microsecond=0)
    return at + timedelta(seconds=1)
