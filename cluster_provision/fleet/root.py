"""Runs a command on hosts of a fleet as root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.fan_out import attempt, on_each
from cluster_provision.fleet.pushed import as_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh import SSHClientConnection

    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.fleet.model import Fleet, Host


def run_as_root(fleet: Fleet, name: str, command: str, feed: str = "") -> CommandResult:
    """Run a command of the shell's on the host of this name, with this text as its input; sudo asks for no password.

    Raises what keeps the host from being reached.
    """
    return run_apart(_run(fleet, name, command, feed))


def run_on_each_as_root(
    fleet: Fleet, command: str, ended: Callable[[int, int], None]
) -> dict[str, ProvisionError | None]:
    """Run a command of the shell's on all hosts at once; why it didn't succeed on one, None where it did. `ended` gets
    the number of hosts that are done, and of all."""
    return run_apart(_run_on_each(fleet, command, ended))


async def _run_on_each(
    fleet: Fleet, command: str, ended: Callable[[int, int], None]
) -> dict[str, ProvisionError | None]:
    line, first = as_root(command)

    async def one(connection: SSHClientConnection, host: Host) -> str:
        return (await ask(connection, line, first)).required(host.name)

    async with Connections(fleet) as connections:
        outcomes = await on_each(connections, fleet.hosts, one, ended)
    return {each.host.name: each.error for each in outcomes}


async def _run(fleet: Fleet, name: str, command: str, feed: str) -> CommandResult:
    line, first = as_root(command)

    async def one(connection: SSHClientConnection, host: Host) -> CommandResult:
        return await ask(connection, line, first + feed.encode())

    host = next(each for each in fleet.hosts if each.name == name)
    async with Connections(fleet) as connections:
        outcome = await attempt(connections, host, one)
    if outcome.value is None:
        raise outcome.error or NotReady(f"{name} gave no answer")
    return outcome.value
