"""A private key that a run has made is shown however the run ends: nobody else will ever have it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.connection.text import private_key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run


@contextlib.contextmanager
def key_shown_when_it_fails(run: Run) -> Iterator[None]:
    """Show the key of a run that fails within the block; with OUTPUT=json it is in the failure's result."""
    try:
        yield
    except BaseException:
        if run.settings.output == "text":
            run.show(private_key_text(run.result))
        raise
