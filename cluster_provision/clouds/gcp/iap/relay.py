"""A connection to a port of a machine, by Identity-Aware Proxy's relay.

One WebSocket carries one TCP connection. Where it breaks, the session goes on over another one: what the relay has not
acknowledged is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cluster_provision.clouds.gcp.iap.frames import (
    ACK,
    CONNECTED,
    DATA,
    MOST,
    RECONNECTED,
    BrokenFrame,
    ack_frame,
    data_frame,
    read_frame,
)
from cluster_provision.clouds.gcp.iap.refusals import GONE, MACHINE_ENDED, RENEW, http_refusal, is_passing, refusal
from cluster_provision.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

HOST = "tunnel.cloudproxy.app"
PROTOCOL = "relay.tunnel.cloudproxy.app"
ORIGIN = "bot:iap-tunneler"

OPEN_SECONDS = 60.0
RECONNECT_SECONDS = 60.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
PING_SECONDS = 30.0
"""The service ends a session that was idle for an hour."""

ACK_AFTER = 2 * MOST
UNACKNOWLEDGED = 1024 * 1024
"""Bytes; nothing more is read from this side before the relay has acknowledged some."""


@dataclass(frozen=True)
class Instance:
    """A machine of Compute Engine, and its network interface."""

    project: str
    zone: str
    name: str
    interface: str = "nic0"


class Relay:
    """One connection to `port` of the instance. `token` returns a fresh access token at each call."""

    def __init__(self, instance: Instance, port: int, token: Callable[[], str]) -> None:
        self._instance = instance
        self._port = port
        self._token = token
        self._session = b""
        self._received = self._told = 0
        self._sent = 0  # bytes that the relay has acknowledged
        self._unsent: deque[bytes] = deque()
        self._room = asyncio.Event()
        self._room.set()

    async def open(self, patience: float = 0.0) -> socket.socket:
        """Return a socket that leads to the port; it ends with the machine's connection, and with the event loop.

        A machine that has just been made is tried again for so many seconds. Raises PermissionDenied, NotReady,
        Unreachable.
        """
        web = await self._connected(patience)
        near, far = socket.socketpair()
        for each in (near, far):
            each.setblocking(False)
        self._task = asyncio.get_running_loop().create_task(self._carry(web, far))
        return near

    async def _connected(self, patience: float) -> ClientConnection:
        clock = asyncio.get_running_loop().time
        until, pause = clock() + patience, FIRST_PAUSE
        while True:
            try:
                return await self._connect()
            except _Closed as closed:
                if not is_passing(closed.code) or clock() + pause > until:
                    raise refusal(closed.code, self._instance.name, self._port, closed.reason) from closed
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> ClientConnection:
        """Open a WebSocket, for a new session or for the one that is there, and hear that it leads to the machine."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, InvalidStatus

        token = await asyncio.to_thread(self._token)
        try:
            web = await connect(
                self._address(),
                additional_headers={"Authorization": f"Bearer {token}"},
                origin=ORIGIN,  # type: ignore[arg-type]
                subprotocols=[PROTOCOL],  # type: ignore[list-item]
                compression=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=PING_SECONDS,
                max_size=None,
            )
        except InvalidStatus as failure:
            raise http_refusal(failure.response.status_code, self._instance.name) from failure
        except (InvalidHandshake, OSError, TimeoutError) as failure:
            said = str(failure) or "no answer"
            raise Unreachable(f"Identity-Aware Proxy ({HOST}) can't be reached: {said}") from failure
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._welcomed(web)
        except TimeoutError as failure:
            await web.close()
            raise Unreachable(f"Identity-Aware Proxy ({HOST}) says nothing") from failure
        except BaseException:
            await web.close()
            raise
        return web

    async def _welcomed(self, web: ClientConnection) -> None:
        while True:
            frame = read_frame(await _message(web))
            if frame.tag == CONNECTED:
                self._session = frame.payload
                return
            if frame.tag == RECONNECTED:
                self._acknowledge(frame.number)
                at = 0
                while at < len(self._unsent):  # more may be added meanwhile, and follows in its order
                    await web.send(data_frame(self._unsent[at]))
                    at += 1
                return

    def _address(self) -> str:
        here = self._instance
        if self._session:
            query = {"sid": self._session.decode("ascii", "replace"), "ack": self._received, "zone": here.zone}
            return f"wss://{HOST}/v4/reconnect?{urlencode(query)}"
        query = {
            "project": here.project,
            "zone": here.zone,
            "instance": here.name,
            "interface": here.interface,
            "port": self._port,
        }
        return f"wss://{HOST}/v4/connect?{urlencode(query)}"

    async def _carry(self, web: ClientConnection, local: socket.socket) -> None:
        """Carry bytes both ways until one side ends; a broken WebSocket is followed by another."""
        self._held = web
        outward = asyncio.get_running_loop().create_task(self._outward(local))
        try:
            while await self._inward(local):
                pass
        finally:
            outward.cancel()
            with contextlib.suppress(BaseException):
                await outward
            local.close()
            with contextlib.suppress(Exception):
                await self._held.close()

    async def _inward(self, local: socket.socket) -> bool:
        """Carry what the machine says; returns whether the session goes on over another WebSocket."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                frame = read_frame(await _message(self._held))
                if frame.tag == DATA:
                    await loop.sock_sendall(local, frame.payload)
                    self._received += len(frame.payload)
                    if self._received - self._told >= ACK_AFTER:
                        await self._tell()
                elif frame.tag == ACK:
                    self._acknowledge(frame.number)
        except _Closed as closed:
            if closed.code in (*MACHINE_ENDED, *GONE):
                return False
            return (closed.code in (RENEW, 1006)) and await self._again()
        except (BrokenFrame, OSError):
            return False

    async def _again(self) -> bool:
        clock = asyncio.get_running_loop().time
        until, pause = clock() + RECONNECT_SECONDS, FIRST_PAUSE
        while clock() < until:
            with contextlib.suppress(_Closed, Unreachable):
                self._held = await self._connect()
                return True
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return False

    async def _outward(self, local: socket.socket) -> None:
        """Carry what this side says, until it ends: the session ends with it, once all of it has arrived."""
        loop = asyncio.get_running_loop()
        while said := await loop.sock_recv(local, MOST):
            await self._room.wait()
            self._unsent.append(said)
            if sum(map(len, self._unsent)) >= UNACKNOWLEDGED:
                self._room.clear()
            await self._send(data_frame(said))
        await self._held.close()

    async def _tell(self) -> None:
        self._told = self._received
        await self._send(ack_frame(self._received))

    async def _send(self, frame: bytes) -> None:
        """Send a frame. Where the WebSocket is broken, whoever reads from it opens another, and sends data again."""
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            await self._held.send(frame)

    def _acknowledge(self, total: int) -> None:
        """Forget what the relay has: so many bytes since the session began."""
        while self._unsent and self._sent < total:
            first = self._unsent.popleft()
            arrived = min(len(first), total - self._sent)
            self._sent += arrived
            if arrived < len(first):
                self._unsent.appendleft(first[arrived:])
        if sum(map(len, self._unsent)) < UNACKNOWLEDGED:
            self._room.set()


class _Closed(Exception):
    """The other side has closed the WebSocket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


async def _message(web: ClientConnection) -> bytes:
    from websockets.exceptions import ConnectionClosed

    try:
        message = await web.recv()
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else 1006
        raise _Closed(code, closed.rcvd.reason if closed.rcvd else "") from closed
    return message if isinstance(message, bytes) else message.encode()
