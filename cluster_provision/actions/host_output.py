"""What hosts print, to stdout and stderr line by line with the host's name before it, or kept for the result."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from cluster_provision.errors import CommandFailed
from cluster_provision.result import HostResult
from cluster_provision.streams import read_by_somebody

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.model import Host

KEPT = 1024 * 1024
"""Bytes of a host's output that the result as JSON holds, of each stream."""


class Printed:
    """Writes each line with its host's name before it, bytes as they came. Raises Interrupted where nobody reads, and
    MachineError where the disk is full."""

    def stdout(self, host: Host, line: bytes) -> None:
        """To this process's stdout."""
        _write(sys.stdout.buffer, host, line)

    def stderr(self, host: Host, line: bytes) -> None:
        """To this process's stderr."""
        _write(sys.stderr.buffer, host, line)

    def of(self, host: Host) -> Kept:
        """Nothing is kept."""
        return Kept()


@dataclass
class Kept:
    """A host's output, up to KEPT bytes a stream."""

    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)
    truncated: bool = False

    def add(self, stream: bytearray, line: bytes) -> None:
        """Keep a line, or note that there is no room for it."""
        if len(stream) + len(line) < KEPT:
            stream += line + b"\n"
        else:
            self.truncated = True


class Keeping:
    """Keeps every host's lines."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def stdout(self, host: Host, line: bytes) -> None:
        """Keep it."""
        kept = self.of(host)
        kept.add(kept.out, line)

    def stderr(self, host: Host, line: bytes) -> None:
        """Keep it."""
        kept = self.of(host)
        kept.add(kept.err, line)

    def of(self, host: Host) -> Kept:
        """What was kept of this host."""
        return self._kept.setdefault(host.name, Kept())


def host_result(host: Host, error: ProvisionError | None, exit_code: int | None, kept: Kept) -> HostResult:
    """A host's row in the result."""
    return HostResult(
        name=host.name,
        address=host.address,
        status="ok" if error is None else "failed" if isinstance(error, CommandFailed) else "unreachable",
        exit_code=exit_code,
        stdout=kept.out.decode(errors="replace"),
        stderr=kept.err.decode(errors="replace"),
        truncated=kept.truncated,
        error=error.message if error else "",
    )


def _write(stream: BinaryIO, host: Host, line: bytes) -> None:
    with read_by_somebody(stream):
        stream.write(host.name.encode() + b": " + line + b"\n")
        stream.flush()
