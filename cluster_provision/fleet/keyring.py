"""The available SSH keys: the tool's own, the user's file, those of an agent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import KeyRefused

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Keys

ADVICE = (
    "Give the private half of the cluster's public key: mount it and name it in SSH_PRIVATE_KEY, or share an agent "
    "that holds it (docker run -v $SSH_AUTH_SOCK:/agent -e SSH_AUTH_SOCK=/agent)."
)

OWN_MACHINES = (
    "Give a private key that the machines accept for this user: mount it and name it in SSH_KEY_FILE, or share an "
    "agent that holds it (docker run -v $SSH_AUTH_SOCK:/agent -e SSH_AUTH_SOCK=/agent). SSH_USER is who logs in; "
    "SSH_PASSWORD_FILE names a file with that user's password."
)


class Keyring:
    """Keys to sign in with; `told` describes them for messages, `advice` says how to give one."""

    def __init__(self, keys: Keys, advice: str = ADVICE) -> None:
        self.advice = advice
        self._own: list[Any] = []
        self._agent: Any = None
        self.told: list[str] = []
        self._keys = keys

    async def open(self, *, needed: bool = True) -> None:
        """Read the keys. Raises KeyRefused if one can't be used, or if there is none and one is `needed`."""
        held = await self._ask_agent()
        if self._keys.private is not None:
            self._add(self._keys.private, "the key that this run made")
        if self._keys.path is not None:
            try:
                text = self._keys.path.read_bytes()
            except OSError as failure:
                raise KeyRefused(
                    f"the SSH key {self._keys.path} can't be read: {failure.strerror}", self.advice
                ) from failure
            self._add(text, str(self._keys.path), agent_helps=bool(held))
        if held:
            self.told.append("1 key of the agent" if held == 1 else f"{held} keys of the agent")
        if needed and not self.told:
            raise KeyRefused("there is no SSH key for signing in to the cluster", self.advice)

    async def pairs(self) -> list[Any]:
        """Return the keys for asyncssh, in the order to try them; new objects, since a connection changes them."""
        held = list(await self._agent.get_keys()) if self._agent else []
        return [*self._own, *held]

    def close(self) -> None:
        """Close the connection to the agent."""
        if self._agent:
            self._agent.close()

    async def _ask_agent(self) -> int:
        import asyncssh

        path = os.environ.get("SSH_AUTH_SOCK", "")
        if not path:
            return 0
        try:
            self._agent = await asyncssh.connect_agent(path)
            return len(await self._agent.get_keys())
        except (OSError, ValueError, asyncssh.Error):
            self._agent = None
            return 0

    def _add(self, text: bytes, what: str, *, agent_helps: bool = False) -> None:
        import asyncssh

        try:
            self._own.append(asyncssh.import_private_key(text))
        except (asyncssh.KeyEncryptionError, asyncssh.KeyImportError) as failure:
            locked = isinstance(failure, asyncssh.KeyEncryptionError) or "passphrase" in str(failure).lower()
            if not locked:
                raise KeyRefused(
                    f"{what} holds no private SSH key that can be read: {failure}", self.advice
                ) from failure
            if not agent_helps:  # the agent may hold the same key
                raise KeyRefused(
                    f"the SSH key {what} is encrypted, and the tool doesn't ask for its passphrase",
                    f"Add it to an agent (ssh-add {what}) and share that: "
                    "docker run -v $SSH_AUTH_SOCK:/agent -e SSH_AUTH_SOCK=/agent",
                ) from failure
        else:
            self.told.append(what)
