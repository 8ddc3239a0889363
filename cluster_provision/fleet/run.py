"""Runs a command on every host, and passes its output on line by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import CommandFailed, ProvisionError
from cluster_provision.fleet.command import stream
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.fan_out import on_each
from cluster_provision.fleet.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host


class Listener(Protocol):
    """Receives what the hosts print: one whole line at a time, without its end."""

    def stdout(self, host: Host, line: bytes) -> None:
        """Take a line of standard output."""

    def stderr(self, host: Host, line: bytes) -> None:
        """Take a line of standard error."""


@dataclass(frozen=True)
class Ended:
    """The end of a command on a host: its exit code, None if it never ended; `error` unless that is 0."""

    host: Host
    exit_code: int | None
    error: ProvisionError | None


def run_everywhere(
    fleet: Fleet,
    command: str,
    listener: Listener,
    ended: Callable[[int, int], None] = lambda done, total: None,
    limits: Limits | None = None,
) -> list[Ended]:
    """Run it on all hosts at once, and return how it ended on each, in the fleet's order.

    Raises the error that keeps the head from being reached; a failure beyond the head is its host's.
    """
    return run_apart(_run(fleet, command, listener, ended, limits))


async def _run(
    fleet: Fleet, command: str, listener: Listener, ended: Callable[[int, int], None], limits: Limits | None
) -> list[Ended]:
    async with Connections(fleet, limits) as connections:
        outcomes = await on_each(connections, fleet.hosts, partial(_on_one, command, listener), ended)
    return [Ended(o.host, o.value, o.error or _failure(o.host, o.value)) for o in outcomes]


async def _on_one(command: str, listener: Listener, connection: SSHClientConnection, host: Host) -> int:
    out, err = Lines(), Lines()

    async def stdout(data: bytes) -> None:
        for line in out.feed(data):
            listener.stdout(host, line)

    async def stderr(data: bytes) -> None:
        for line in err.feed(data):
            listener.stderr(host, line)

    try:
        return await stream(connection, command, stdout, stderr)
    finally:
        for line in out.end():
            listener.stdout(host, line)
        for line in err.end():
            listener.stderr(host, line)


def _failure(host: Host, exit_code: int | None) -> ProvisionError | None:
    if not exit_code:
        return None
    return CommandFailed(
        f"{host.name}: the command ended with exit code {exit_code}",
        "The lines above that begin with the host's name are its output.",
    )
