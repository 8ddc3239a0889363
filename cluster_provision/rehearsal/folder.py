"""The rehearsal's folder, when it can't be used."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVICE = "Give REHEARSE_DIR a folder that can be written and has room, or leave it unset."


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """A folder that is full, or may not be written, is a failure of this machine: raises MachineError."""
    try:
        yield
    except OSError as error:
        raise MachineError(f"the rehearsal can't write to {folder}: {error}", ADVICE) from error
