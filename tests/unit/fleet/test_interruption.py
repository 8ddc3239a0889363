"""A signal in the middle: the run ends at once, and so do the commands on the hosts."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import Interrupted
from cluster_provision.fleet.run import run_everywhere
from cluster_provision.interruption import Interruption
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Host
    from tests.unit.fleet.kit import Farm


def test_a_signal_ends_the_run_and_interrupts_the_commands(farm: Farm) -> None:
    farm.add_many("vm-0", "vm-1")

    class Signalling(Heard):
        def stdout(self, host: Host, line: bytes) -> None:
            super().stdout(host, line)
            if len(self.lines) == 2:
                threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGTERM)).start()

    started = time.monotonic()
    with Interruption().handled(), pytest.raises(Interrupted):
        run_everywhere(
            farm.fleet(), "trap 'touch interrupted; exit 1' INT; echo up; while :; do sleep 0.1; done", Signalling()
        )
    assert time.monotonic() - started < 15
    until = time.monotonic() + 10
    marks = [m.home / "interrupted" for m in farm.machines]
    while not all(mark.exists() for mark in marks) and time.monotonic() < until:
        threading.Event().wait(0.05)
    assert [mark.exists() for mark in marks] == [True, True]
