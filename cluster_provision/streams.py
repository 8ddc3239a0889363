"""This process's stdout and stderr, which may fail: nobody reads the pipe any more, or the disk is full."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cluster_provision.errors import Interrupted, MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def read_by_somebody(stream: IO[Any] | None) -> Iterator[None]:
    """Within the block, the user's output goes to `stream` (None if it is closed).

    Raises Interrupted by SIGPIPE if nobody reads it, MachineError if the disk behind it is full.
    """
    try:
        yield
    except BrokenPipeError as gone:
        lead_nowhere(stream)
        raise Interrupted("nobody reads the output any more", signal.SIGPIPE) from gone
    except OSError as failure:
        lead_nowhere(stream)
        raise MachineError(
            f"the output can't be written: {failure.strerror}",
            "Make room on its disk, and run the same command again.",
        ) from failure


def unwritten() -> MachineError:
    """The error of a result for a stdout that was closed before the run began."""
    return MachineError(
        "the output can't be written: standard output is closed", "Lead it somewhere, /dev/null if nobody needs it."
    )


def end_quietly(stream: IO[Any] | None) -> None:
    """Write what is still buffered, and ignore failures.

    Otherwise the interpreter would try once more at its end, and replace the run's exit code with 120.
    """
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        lead_nowhere(stream)


def lead_nowhere(stream: IO[Any] | None) -> None:
    """Discard what is buffered, and whatever is written to it from now on."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        if stream is not None:
            os.dup2(nowhere.fileno(), stream.fileno())
