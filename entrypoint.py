#!/usr/bin/env python3
"""What the image runs: hands over to cluster_provision.cli.

First of all it sees to what can't wait for the imports. Until a run has handlers of its own, a signal ends this process
in so many words: of a container's first process the kernel drops a signal that has no handler, and of a SIGINT the
interpreter makes a traceback. And a closed stream is led nowhere, since its number would go to the next file.
"""

import contextlib
import os
import signal
from types import FrameType


def end(number: int, frame: FrameType | None) -> None:
    """Nothing has begun, or all is done: nothing is to be put right."""
    with contextlib.suppress(OSError):
        os.write(2, f"\nError: stopped by {signal.Signals(number).name}\n".encode())
    os._exit(128 + number)


for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(heard) != signal.SIG_IGN:  # as nohup has it
        signal.signal(heard, end)
for stream in (0, 1, 2):
    try:
        os.fstat(stream)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # which takes the lowest number that is free

import atexit  # noqa: E402
import gc  # noqa: E402

# A run is short and imports much: collecting garbage in between, and once more at the end, costs a tenth of its own
# time and frees nothing.
gc.disable()
atexit.register(gc.freeze)

from cluster_provision.cli import run  # noqa: E402

if __name__ == "__main__":
    run()
