"""This process's stdout and stderr, which may lead nowhere: nobody reads the pipe any more, or the disk is full."""

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
    """Within the block, `stream` (None for a closed one) gets what a user has asked for. Raises Interrupted by SIGPIPE
    where nobody reads it, MachineError where the disk behind it is full."""
    try:
        yield
    except BrokenPipeError as gone:
        lead_nowhere(stream)
        raise Interrupted("nobody reads the output any more", signal.SIGPIPE) from gone
    except OSError as failure:
        lead_nowhere(stream)
        raise MachineError(
            f"the output can't be written: {failure.strerror}",
            "Make room where it is written to, and run the same command again.",
        ) from failure


def end_quietly(stream: IO[Any] | None) -> None:
    """Write what is still buffered. What can't be written is given up: the interpreter would try once more at its end,
    and put 120 in the place of the run's exit code."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        lead_nowhere(stream)


def lead_nowhere(stream: IO[Any] | None) -> None:
    """Whatever is written to it from now on, and what is buffered, is gone."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        if stream is not None:
            os.dup2(nowhere.fileno(), stream.fileno())
