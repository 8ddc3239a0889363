"""Does the same on many hosts at once; a failure on one host concerns only that host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cluster_provision.errors import Interrupted, ProvisionError
from cluster_provision.fleet.event_loop import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Connections
    from cluster_provision.fleet.model import Host

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """The outcome on `host`: a `value`, or else an `error`."""

    host: Host
    value: T | None = None
    error: ProvisionError | None = None


async def on_each(
    connections: Connections,
    hosts: Iterable[Host],
    do: Callable[[SSHClientConnection, Host], Awaitable[T]],
    ended: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome[T]]:
    """Do it on every host, in parallel, and return the outcomes in the hosts' order. `ended` gets the number done."""
    asked = tuple(hosts)
    through = 0

    async def one(host: Host) -> Outcome[T]:
        nonlocal through
        outcome = await attempt(connections, host, do)
        through += 1
        ended(through, len(asked))
        return outcome

    return await all_of(one(host) for host in asked)


async def attempt(
    connections: Connections, host: Host, do: Callable[[SSHClientConnection, Host], Awaitable[T]]
) -> Outcome[T]:
    """Do it on one host, and return any failure as that host's."""
    try:
        async with connections.to(host) as connection:
            return Outcome(host, await do(connection, host))
    except Interrupted:
        raise
    except ProvisionError as failure:
        return Outcome(host, error=failure)
