"""Gathering where the hosts' files misbehave."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from cluster_provision.errors import CommandFailed
from cluster_provision.fleet.gather import Reading, gather

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm


def test_a_file_that_never_gives_anything_fails_alone(farm: Farm) -> None:
    _, stuck, _ = farm.add_many("vm-0", "vm-1", "vm-2")
    os.mkfifo(stuck.home / "file")
    for machine in (farm.machines[0], farm.machines[2]):
        (machine.home / "file").write_text("x\n")
    lines: list[tuple[str, bytes]] = []
    started = time.monotonic()
    gathered = gather(farm.fleet(), Reading("file", 1000, stall=1.0), lambda h, line: lines.append((h.name, line)))
    assert time.monotonic() - started < 10
    assert lines == [("vm-0", b"x"), ("vm-2", b"x")]
    assert isinstance(gathered[1].error, CommandFailed)
    assert "vm-1: file sent nothing for 1 s" in gathered[1].error.message


def test_waiting_for_ones_turn_is_no_stall(farm: Farm) -> None:
    slow, big = farm.add_many("vm-0", "vm-1")
    farm.program("head", '#!/bin/sh\n[ "$NODE_NAME" = vm-0 ] && sleep 2.5\nexec /usr/bin/head "$@"\n')
    (slow.home / "file").write_text("x\n")
    (big.home / "file").write_text("line\n" * 200_000)
    gathered = gather(farm.fleet(), Reading("file", 10_000_000, stall=1.0), lambda host, line: None)
    # the slow one is given up; the other waited for as long, full, and is not
    assert gathered[0].error is not None
    assert gathered[1].error is None
    assert gathered[1].size == 1_000_000
