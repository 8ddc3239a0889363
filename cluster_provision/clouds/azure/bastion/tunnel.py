"""A connection to a port of a machine, through Azure Bastion: one token and one WebSocket for each."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.bastion.refusals import Passing, no_machine, silent

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from cluster_provision.clouds.azure.bastion.tokens import Target, Token, Tokens

OPEN_SECONDS = 30.0
FIRST_WORD_SECONDS = 10.0
"""How long the machine may be silent at first: sshd says its version at once."""

TRIES = 6
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
CHUNK = 4096
"""Bytes in a message, as the Azure CLI sends them."""


class Tunnel:
    """One connection to the target, by one of the `tokens`. The target speaks first, as sshd does: a gateway that
    answers for it with something else, or with nothing, is asked for another tunnel."""

    def __init__(self, tokens: Tokens, target: Target) -> None:
        self._tokens = tokens
        self._target = target
        self._by_auth = False  # which of a token's two words is in the WebSocket's address: some gateways take either

    async def open(self, patience: float = 0.0) -> socket.socket:
        """Return a socket that leads to the port; it ends with the machine's connection, and with the event loop.

        TRIES are made at least, and a machine that has just been made is tried for `patience` seconds. Raises
        CredentialsError, PermissionDenied, NotReady, Refused, Unreachable.
        """
        web, token, first = await self._connected(patience)
        near, far = socket.socketpair()
        for each in (near, far):
            each.setblocking(False)
        self._task = asyncio.get_running_loop().create_task(self._carry(web, token, far, first))
        return near

    async def _connected(self, patience: float) -> tuple[ClientConnection, Token, bytes]:
        clock = asyncio.get_running_loop().time
        until, pause, tries = clock() + patience, FIRST_PAUSE, 0
        while True:
            tries += 1
            try:
                return await self._connect()
            except Passing as failure:
                if tries >= TRIES and clock() + pause > until:
                    raise failure.error from failure
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> tuple[ClientConnection, Token, bytes]:
        """A WebSocket by a token of its own, and the machine's first word. Raises Passing, and a refusal's error."""
        token = await asyncio.to_thread(self._tokens.take, self._target)
        try:
            web = await self._opened(token)
            try:
                return web, token, await self._first_word(web)
            except BaseException:
                await web.close()
                raise
        except BaseException:
            await asyncio.to_thread(self._tokens.give_back, token)
            raise

    async def _opened(self, token: Token) -> ClientConnection:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, InvalidStatus

        from cluster_provision.clouds.azure.bastion.lenient import LenientConnection

        word = token.auth if self._by_auth or not token.web else token.web
        try:
            return await connect(
                f"wss://{self._tokens.host}/webtunnelv2/{word}?X-Node-Id={token.node}",
                create_connection=LenientConnection,
                compression=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=None,  # the Azure CLI sends none: SSH keeps the connection alive
            )
        except InvalidStatus as failure:
            self._by_auth = not self._by_auth
            reason = f"HTTP {failure.response.status_code} in place of a tunnel"
            raise Passing(silent(self._tokens.host, reason)) from failure
        except (InvalidHandshake, OSError, TimeoutError, EOFError) as failure:
            raise Passing(silent(self._tokens.host, str(failure) or "no answer")) from failure

    async def _first_word(self, web: ClientConnection) -> bytes:
        from websockets.exceptions import ConnectionClosed

        name, port = self._target.name, self._target.port
        try:
            async with asyncio.timeout(FIRST_WORD_SECONDS):
                while not (said := await web.recv(decode=False)):
                    pass
        except TimeoutError as failure:
            raise Passing(no_machine(name, port, f"silent for {FIRST_WORD_SECONDS:g} s")) from failure
        except ConnectionClosed as failure:
            reason = (failure.rcvd and failure.rcvd.reason) or "the tunnel ended at once"
            raise Passing(no_machine(name, port, reason)) from failure
        return said

    async def _carry(self, web: ClientConnection, token: Token, local: socket.socket, first: bytes) -> None:
        """Carry bytes both ways until one side ends."""
        from websockets.exceptions import ConnectionClosed

        loop = asyncio.get_running_loop()
        outward = loop.create_task(_outward(web, local))
        try:
            with contextlib.suppress(ConnectionClosed, OSError):
                await loop.sock_sendall(local, first)
                while True:
                    await loop.sock_sendall(local, await web.recv(decode=False))
        finally:
            outward.cancel()
            with contextlib.suppress(BaseException):
                await outward
            local.close()
            with contextlib.suppress(Exception):
                await web.close()
            await asyncio.to_thread(self._tokens.give_back, token)


async def _outward(web: ClientConnection, local: socket.socket) -> None:
    """Carry what this side says, until it ends: the tunnel ends with it."""
    from websockets.exceptions import ConnectionClosed

    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionClosed, OSError):
        while said := await loop.sock_recv(local, CHUNK):
            await web.send(said)
        await web.close()
