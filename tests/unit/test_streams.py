"""Output that a user has asked for, and that nobody gets."""

from __future__ import annotations

import io
import os
import signal
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import Interrupted, MachineError
from cluster_provision.streams import end_quietly, read_by_somebody

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def unread() -> Iterator[io.TextIOWrapper]:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:  # noqa: PTH123 - a descriptor
        yield stream


def test_output_without_a_reader_interrupts_the_run_and_then_leads_nowhere(unread: io.TextIOWrapper) -> None:
    with pytest.raises(Interrupted) as raised, read_by_somebody(unread):
        print("a result", file=unread, flush=True)
    assert raised.value.signal_number == signal.SIGPIPE
    print("more", file=unread, flush=True)


def test_a_full_disk_is_this_machines_failure() -> None:
    with (
        open("/dev/full", "w") as full,  # noqa: PTH123
        pytest.raises(MachineError, match="No space left"),
        read_by_somebody(full),
    ):
        print("a result", file=full, flush=True)


def test_buffered_output_that_nobody_reads_is_dropped_at_the_end(unread: io.TextIOWrapper) -> None:
    unread.write("a line")
    end_quietly(unread)
    unread.flush()


def test_a_closed_stream_has_nothing_to_end() -> None:
    end_quietly(None)
    closed = io.StringIO()
    closed.close()
    end_quietly(closed)
