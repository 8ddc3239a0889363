"""What commands on hosts print."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Host


class Heard:
    """Everything that was printed, in the order in which it came."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, bytes]] = []

    def stdout(self, host: Host, line: bytes) -> None:
        self.lines.append((host.name, "out", line))

    def stderr(self, host: Host, line: bytes) -> None:
        self.lines.append((host.name, "err", line))

    def of(self, name: str, stream: str = "out") -> list[bytes]:
        return [line for host, which, line in self.lines if (host, which) == (name, stream)]
