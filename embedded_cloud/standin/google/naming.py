"""Names that the provider makes up, as helper/id of Terraform's plugin SDK does."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

_counter = itertools.count(1)


def unique(prefix: str | None) -> str:
    """A new name: the prefix, the time to a tenth of a millisecond, and a counter of this process.

    After a prefix of more than 37 characters it is the day and three digits of the counter, so that 63 are not passed.
    """
    prefix = prefix or "terraform-"
    now, count = datetime.now(UTC), f"{next(_counter):08x}"
    if len(prefix) > 37:
        return f"{prefix}{now:%y%m%d}{count[-3:]}"
    return f"{prefix}{now:%Y%m%d%H%M%S}{now.microsecond // 100:04}{count}"
