"""Leads to ports of machines: standard input and output to one's sshd, and ports here to ports there."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import MachineError, Unreachable
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.way import reason_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host

CHUNK = 64 * 1024
STDIN, STDOUT = 0, 1


async def carry_to_sshd(fleet: Fleet, host: Host, limits: Limits | None = None) -> None:
    """Carry standard input to the host's sshd, and what that says to standard output, until one of them ends.

    It is what ssh takes as a ProxyCommand: nothing else may be on standard output.
    """
    async with _sshd(Connections(fleet, limits), host) as (reader, writer):
        out = asyncio.ensure_future(_to_stdout(reader))
        into = asyncio.ensure_future(_from_stdin(writer))
        try:
            await asyncio.wait((out, into), return_when=asyncio.FIRST_COMPLETED)
            if into.done() and not out.done():  # the client has said all: what the machine says to that is its own
                await out
            await (out if out.done() else into)
        finally:
            for each in (out, into):
                each.cancel()


async def listen(
    fleet: Fleet, host: Host, port: int, at: tuple[str, int], begun: Callable[[int], None], limits: Limits | None = None
) -> None:
    """Lead connections to `at` here, an address and a port, to `port` of the host's own loopback, for as long as SSH
    holds. `begun` gets the port here; 0 takes a free one. Raises MachineError where nothing can listen there.
    """
    async with Connections(fleet, limits) as connections, connections.to(host) as connection:
        try:
            listener = await connection.forward_local_port(at[0], at[1], "localhost", port)
        except OSError as failure:
            raise MachineError(
                f"nothing can listen at {at[0]} port {at[1]}: {reason_of(failure)}",
                "Name another local port after the node's: Tunnel <node> <port> <local port>.",
            ) from failure
        begun(listener.get_port())
        await connection.wait_closed()
    raise Unreachable(f"{host.name}: the connection ended", "Run the same command again.")


@contextlib.asynccontextmanager
async def _sshd(connections: Connections, host: Host) -> AsyncIterator[tuple[Any, Any]]:
    fleet = connections.fleet
    alone = host == fleet.head if fleet.through_head else fleet.route is None or fleet.route.jump is None
    async with contextlib.AsyncExitStack() as stack:
        if not alone:
            await stack.enter_async_context(connections)
        yield await stack.enter_async_context(connections.sshd_of(host))


async def _from_stdin(writer: Any) -> None:
    loop = asyncio.get_running_loop()
    while said := await loop.run_in_executor(None, os.read, STDIN, CHUNK):
        writer.write(said)
        await writer.drain()
    with contextlib.suppress(OSError, AttributeError):
        writer.write_eof()


async def _to_stdout(reader: Any) -> None:
    loop = asyncio.get_running_loop()
    while said := await reader.read(CHUNK):
        view = memoryview(said)
        while view:
            view = view[await loop.run_in_executor(None, os.write, STDOUT, view) :]
