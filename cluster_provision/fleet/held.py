"""Connections that stay open, for a run that goes to the same hosts again and again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.errors import Interrupted, ProvisionError
from cluster_provision.fleet.connections import Connections, end_named
from cluster_provision.fleet.event_loop import FAREWELL_SECONDS, all_of
from cluster_provision.fleet.fan_out import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host

T = TypeVar("T")


class HeldConnections:
    """Connects to each host when it is first asked for, and keeps that until `close`.

    The event loop runs on a thread of its own: signals are the main thread's, which waits.
    """

    def __init__(self, fleet: Fleet, limits: Limits | None = None) -> None:
        self._fleet = fleet
        self._limits = limits
        self._stack = AsyncExitStack()
        self._connections: Connections | None = None
        self._open: dict[str, SSHClientConnection] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def on_each(
        self,
        hosts: Iterable[Host],
        do: Callable[[SSHClientConnection, Host], Awaitable[T]],
        ended: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Outcome[T]]:
        """Do it on every host, in parallel, and return the outcomes in the hosts' order; a host's failure is its own.

        Raises what keeps the jump host from being reached.
        """
        return self._wait(self._on_each(tuple(hosts), do, ended))

    def run(self, work: Callable[[SSHClientConnection | None], Coroutine[Any, Any, T]]) -> T:
        """Do something that needs no connection to a host; it gets that to the jump host, where there is one."""
        return self._wait(self._run(work))

    def close(self) -> None:
        """Close all connections."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._stack.aclose(), loop).result(FAREWELL_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(FAREWELL_SECONDS)

    async def _on_each(
        self,
        hosts: tuple[Host, ...],
        do: Callable[[SSHClientConnection, Host], Awaitable[T]],
        ended: Callable[[int, int], None],
    ) -> list[Outcome[T]]:
        connections = await self._entered()
        done = 0

        async def one(host: Host) -> Outcome[T]:
            nonlocal done
            try:
                outcome = Outcome(host, await self._do(connections, host, do))
            except Interrupted:
                raise
            except ProvisionError as failure:
                outcome = Outcome(host, error=failure)
            done += 1
            ended(done, len(hosts))
            return outcome

        return await all_of(one(host) for host in hosts)

    async def _run(self, work: Callable[[SSHClientConnection | None], Coroutine[Any, Any, T]]) -> T:
        return await work((await self._entered()).through)

    async def _entered(self) -> Connections:
        if self._connections is None:
            self._connections = await self._stack.enter_async_context(Connections(self._fleet, self._limits))
        return self._connections

    async def _do(
        self, connections: Connections, host: Host, do: Callable[[SSHClientConnection, Host], Awaitable[T]]
    ) -> T:
        held = self._open.get(host.name)
        if held is None or held.is_closed():
            held = await self._stack.enter_async_context(connections.to(host))
            self._open[host.name] = held
        with end_named(host):
            return await do(held, host)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._running_loop())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="held fleet", daemon=True)
            self._thread.start()
        return self._loop
