"""SSH connections to a cluster: one to the head, and through it one to each other host.

They use nothing of the local machine: no ~/.ssh/config, no known_hosts. Each host's key is checked against those that
the machine itself reported.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from cluster_provision.errors import HostKeyMismatch, KeyRefused, ProvisionError, Unreachable
from cluster_provision.fleet.keyring import ADVICE, Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import TracebackType

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.model import Fleet, Host


STATUS_TELLS = "Status shows whether the machine runs."

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
    """Connects to a fleet's hosts. It is a context: entering it connects to the head.

    Entering raises Unreachable, HostKeyMismatch or KeyRefused: without the head no host is reachable. A silent address
    is tried again for `limits.patience` seconds: the network may not let the connection through yet.
    """

    def __init__(self, fleet: Fleet, limits: Limits | None = None) -> None:
        import asyncssh

        asyncssh.set_log_level("CRITICAL")  # the caller reports each failure with its host
        os.environ.setdefault(
            "LOGNAME", fleet.user
        )  # asyncssh requires a local name, which an account in a container lacks
        self.fleet = fleet
        self.limits = limits or Limits()
        self._keyring = Keyring(fleet.keys)
        self._making = asyncio.Semaphore(self.limits.width)
        self._head: SSHClientConnection | None = None

    async def __aenter__(self) -> Self:
        await self._keyring.open()
        try:
            self._head = await self._reach_head()
        except BaseException:
            self._keyring.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._head is not None:
            self._head.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._head.wait_closed(), FAREWELL)
        self._keyring.close()

    @contextlib.asynccontextmanager
    async def to(self, host: Host) -> AsyncIterator[SSHClientConnection]:
        """Yield a connection to this host for the time of the block.

        Raises as entering does, and Unreachable if the connection ends within the block.
        """
        assert self._head is not None, "within the context only"  # noqa: S101
        with _end_named(host):
            if host == self.fleet.head:
                yield self._head
                return
            async with self._making:
                connection = await self._connect(host, host.address, host.port, self._head)
            try:
                yield connection
            finally:
                connection.close()

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

    async def _connect(
        self, host: Host, address: str, port: int, through: SSHClientConnection | None
    ) -> SSHClientConnection:
        import asyncssh

        where = f"at {address} port {port}" if through is None else f"at {address}, through the head"
        try:
            return await asyncio.wait_for(
                asyncssh.connect(
                    address,
                    port,
                    tunnel=through if through is not None else (),
                    username=self.fleet.user,
                    client_keys=await self._keyring.pairs() or None,
                    known_hosts=(_trusted(host), [], []),
                    keepalive_interval=self.limits.keepalive,
                    login_timeout=self.limits.connect,
                    **_NOTHING_ELSE,
                ),
                self.limits.connect,
            )
        except asyncssh.HostKeyNotVerifiable as failure:
            raise _other_machine(host, where) from failure
        except asyncssh.KeyExchangeFailed as failure:
            if "host key" in failure.reason.lower():
                raise _other_machine(host, where) from failure
            raise _no_answer(host, where, failure.reason, through) from failure
        except asyncssh.PermissionDenied as failure:
            tried = ", ".join(self._keyring.told)
            raise KeyRefused(
                f"{host.name} {where} accepts no key for {self.fleet.user}: tried {tried}", ADVICE
            ) from failure
        except TimeoutError as failure:
            raise _no_answer(host, where, f"no answer within {self.limits.connect:g} s", through) from failure
        except asyncssh.Error as failure:
            raise _no_answer(host, where, failure.reason, through) from failure
        except (OSError, ValueError) as failure:
            raise _no_answer(host, where, _reason(failure), through) from failure


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
"""No file of the user's, no password, no Kerberos: only the given keys."""


@contextlib.contextmanager
def _end_named(host: Host) -> Iterator[None]:
    import asyncssh

    try:
        yield
    except asyncssh.Error as failure:
        raise _ended(host, failure.reason) from failure
    except OSError as failure:
        raise _ended(host, _reason(failure)) from failure


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


def _other_machine(host: Host, where: str) -> ProvisionError:
    return HostKeyMismatch(
        f"the machine {where} is not {host.name}: its host key is none of those that {host.name} reported",
        "If the machine was replaced just now, its record follows within a minute. Otherwise something is between this "
        "host and the machine: give it nothing.",
    )


def _no_answer(host: Host, where: str, reason: str, through: SSHClientConnection | None) -> ProvisionError:
    if through is None:
        return Unreachable(
            f"the head {host.name} does not answer {where}: {reason}",
            "ACCESS and ALLOWED_CIDRS say which addresses can reach it; with ACCESS=private, run this from within the "
            "network. Status shows whether the machine runs.",
        )
    return Unreachable(f"{host.name} does not answer {where}: {reason}", STATUS_TELLS)


def _reason(failure: Exception) -> str:
    return str(getattr(failure, "strerror", None) or failure or type(failure).__name__)
