"""SSH connections to a cluster: one to the head, and through it one to each other host; or by a way of their own.

They use nothing of the local machine: no ~/.ssh/config, no known_hosts. Each host's key is checked against those that
the machine itself reported, or that the user's settings name.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from cluster_provision.errors import HostKeyMismatch, KeyRefused, ProvisionError, Unreachable
from cluster_provision.fleet.keyring import ADVICE, OWN_MACHINES, Keyring
from cluster_provision.fleet.proxy import connected
from cluster_provision.fleet.way import STATUS_TELLS, Way, reason_of

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from types import TracebackType

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.model import Fleet, Host


REFUSED_PAUSE = 0.5
"""Seconds before a key that was let in just now is tried again."""

FAREWELL = 2.0
"""Seconds for closing the connections, which all go through the head."""


@dataclass(frozen=True)
class Limits:
    """Seconds, and hosts at once: `width` counts only the hosts that are being connected to."""

    connect: float = 20.0
    patience: float = 0.0
    keepalive: float = 15.0
    width: int = 64


class Connections:
    """Connects to a fleet's hosts. It is a context: entering it connects to the head, or to the jump host of a route.

    Entering raises Unreachable, HostKeyMismatch or KeyRefused: without that no host is reachable. A silent head is
    tried again for `limits.patience` seconds: the network may not let the connection through yet.
    """

    def __init__(self, fleet: Fleet, limits: Limits | None = None) -> None:
        import asyncssh

        asyncssh.set_log_level("CRITICAL")  # the caller reports each failure with its host
        os.environ.setdefault(
            "LOGNAME", fleet.user
        )  # asyncssh requires a local name, which an account in a container lacks
        self.fleet = fleet
        self.limits = limits or Limits()
        self._keyrings: dict[Path | None, Keyring] = {}
        self._making = asyncio.Semaphore(self.limits.width)
        self.through: SSHClientConnection | None = None

    async def __aenter__(self) -> Self:
        try:
            if self.fleet.through_head:
                self.through = await self._reach_head()
            elif self.fleet.route is not None and (jump := self.fleet.route.jump):
                self.through = await self._connect(jump, jump.address, jump.port, None)
        except BaseException:
            self._close_keyrings()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.through is not None:
            self.through.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.through.wait_closed(), FAREWELL)
        self._close_keyrings()

    @contextlib.asynccontextmanager
    async def to(self, host: Host) -> AsyncIterator[SSHClientConnection]:
        """Yield a connection to this host for the time of the block.

        Raises as entering does, and Unreachable if the connection ends within the block.
        """
        with end_named(host):
            if host == self.fleet.head and self.fleet.through_head:
                assert self.through is not None, "within the context only"  # noqa: S101
                yield self.through
                return
            async with self._making:
                connection = await self._reach(host)
            try:
                yield connection
            finally:
                connection.close()

    @contextlib.asynccontextmanager
    async def sshd_of(self, host: Host) -> AsyncIterator[tuple[Any, Any]]:
        """Yield what reads from the host's sshd and what writes to it, for a client that signs in by itself.

        The head's needs no context, nor does a host's that has a way of its own. Raises Unreachable.
        """
        relay = self.fleet.relay.name if self.fleet.relay else ""
        way = Way(host, host.address, host.port, self.fleet.route, self.through is not None, relay)
        try:
            if self.through is not None:
                reader, writer = await self.through.open_connection(host.address, host.port, encoding=None)
            else:
                reader, writer = await self._straight(host)
        except OSError as failure:
            raise way.no_answer(reason_of(failure)) from failure
        with end_named(host):
            try:
                yield reader, writer
            finally:
                writer.close()

    async def _straight(self, host: Host) -> tuple[Any, Any]:
        at = (host.address, host.port)
        if self.fleet.through_head:
            at = (self.fleet.endpoint.address, self.fleet.endpoint.port)
        link = await self._link(host, *at)
        return await (asyncio.open_connection(sock=link) if link is not None else asyncio.open_connection(*at))

    async def _reach_head(self) -> SSHClientConnection:
        endpoint, clock = self.fleet.endpoint, asyncio.get_running_loop()
        until = clock.time() + self.limits.patience
        while True:
            try:
                return await self._connect(self.fleet.head, endpoint.address, endpoint.port, None)
            except (HostKeyMismatch, KeyRefused):
                raise
            except Unreachable as failure:
                if not isinstance(failure.__cause__, TimeoutError) or clock.time() >= until:
                    raise

    async def _reach(self, host: Host) -> SSHClientConnection:
        relay, clock = self.fleet.relay, asyncio.get_running_loop()
        until = clock.time() + (relay.settles if relay is not None else 0.0)
        while True:
            try:
                return await self._connect(host, host.address, host.port, self.through)
            except KeyRefused:
                if clock.time() >= until:
                    raise
            await asyncio.sleep(REFUSED_PAUSE)

    async def _connect(
        self, host: Host, address: str, port: int, through: SSHClientConnection | None
    ) -> SSHClientConnection:
        import asyncssh

        relay = self.fleet.relay.name if self.fleet.relay else ""
        way = Way(host, address, port, self.fleet.route, through is not None, relay)
        user = host.user or self.fleet.user
        keyring = await self._keyring_of(host)
        relayed = self.fleet.relay if through is None else None
        most = self.limits.connect + (relayed.opens if relayed is not None else 0.0)
        try:
            return await asyncio.wait_for(self._open(host, address, port, through, user, await keyring.pairs()), most)
        except asyncssh.HostKeyNotVerifiable as failure:
            raise way.other_machine() from failure
        except asyncssh.KeyExchangeFailed as failure:
            if "host key" in failure.reason.lower():
                raise way.other_machine() from failure
            raise way.no_answer(failure.reason) from failure
        except asyncssh.PermissionDenied as failure:
            tried, what = list(keyring.told), "no key"
            if host.password:
                tried, what = [*tried, "the password"], "neither key nor password"
            told = f"tried {', '.join(tried)}" if tried else "there is none to try"
            raise KeyRefused(f"{host.name} {way.where} accepts {what} for {user}: {told}", keyring.advice) from failure
        except TimeoutError as failure:
            raise way.no_answer(f"no answer within {most:g} s") from failure
        except asyncssh.Error as failure:
            raise way.no_answer(failure.reason) from failure
        except (OSError, ValueError) as failure:
            raise way.no_answer(reason_of(failure)) from failure

    async def _open(
        self, host: Host, address: str, port: int, through: SSHClientConnection | None, user: str, pairs: list[Any]
    ) -> SSHClientConnection:
        import asyncssh

        own: dict[str, Any] = {"tunnel": through if through is not None else ()}
        if through is None and (link := await self._link(host, address, port)) is not None:
            own = {"sock": link}
        if host.password:
            own |= {"password": host.password, "preferred_auth": "publickey,password"}
        return await asyncssh.connect(
            address,
            port,
            username=user,
            client_keys=pairs or None,
            known_hosts=(_trusted(host), [], []),
            keepalive_interval=self.limits.keepalive,
            login_timeout=self.limits.connect,
            **{**_NOTHING_ELSE, **own},
        )

    async def _link(self, host: Host, address: str, port: int) -> socket.socket | None:
        """A connection by the cloud's relay or by a proxy; None where SSH connects by itself."""
        if self.fleet.relay is not None:
            return await self.fleet.relay.dial(host, port)
        if self.fleet.route is not None and self.fleet.route.proxy:
            return await connected(self.fleet.route.proxy, address, port)
        return None

    async def _keyring_of(self, host: Host) -> Keyring:
        """The keyring of the host's own key file, else of the fleet's keys."""
        own = host.key_file
        if own not in self._keyrings:
            keys = replace(self.fleet.keys, path=own) if own else self.fleet.keys
            relayed = self.fleet.relay.advice if self.fleet.relay is not None else ""
            keyring = Keyring(keys, relayed or (ADVICE if self.fleet.route is None else OWN_MACHINES))
            await keyring.open(needed=not host.password)
            self._keyrings.setdefault(own, keyring)
        return self._keyrings[own]

    def _close_keyrings(self) -> None:
        for keyring in self._keyrings.values():
            keyring.close()


_NOTHING_ELSE: dict[str, Any] = {
    "config": None,
    "agent_path": None,
    "x509_trusted_certs": None,
    "x509_trusted_cert_paths": [],
    "client_host_keysign": False,
    "client_host_keys": [],
    "gss_host": None,
    "preferred_auth": "publickey",
}
"""No file of the user's, no Kerberos: only the given keys, and a password that is given."""


@contextlib.contextmanager
def end_named(host: Host) -> Iterator[None]:
    """Within the block, a connection that ends is told as this host's. Raises Unreachable."""
    import asyncssh

    try:
        yield
    except asyncssh.Error as failure:
        raise _ended(host, failure.reason) from failure
    except OSError as failure:
        raise _ended(host, reason_of(failure)) from failure


def _ended(host: Host, reason: str) -> ProvisionError:
    return Unreachable(f"{host.name}: the connection ended: {reason}", STATUS_TELLS)


def _trusted(host: Host) -> list[Any]:
    import asyncssh

    keys = []
    for line in host.host_keys:
        with contextlib.suppress(asyncssh.KeyImportError):
            keys.append(asyncssh.import_public_key(line))
    if not keys:
        raise HostKeyMismatch(
            f"{host.name} has not reported its SSH host keys, so the tool can't prove which machine is at "
            f"{host.address}",
            "A node reports them in its record when its set-up begins: Status shows how far it is.",
        )
    return keys
