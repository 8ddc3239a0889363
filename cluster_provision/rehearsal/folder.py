"""Reports a rehearsal's folder that can't be used."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVICE = "Give REHEARSE_DIR a writable folder with room, or leave it unset."


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Within the block, raise MachineError for a folder that is full or not writable."""
    try:
        yield
    except OSError as error:
        raise MachineError(f"the rehearsal can't write to {folder}: {error}", ADVICE) from error
