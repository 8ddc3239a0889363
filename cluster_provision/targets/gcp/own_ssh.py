"""The tool's own SSH to machines on Google Cloud: a key of the run's, let in for an hour, through the proxy's relay."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.iap.relay import Instance, Relay
from cluster_provision.fleet.model import Endpoint, Fleet, Host, Keys, Relayed
from cluster_provision.parallel import at_once

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Sequence

    from asyncssh import SSHKey

    from cluster_provision.clouds.base import Machine
    from cluster_provision.clouds.gcp.cloud import Gcp
    from cluster_provision.node import NodeRecord

NAME = "Identity-Aware Proxy"
PATIENCE_SECONDS = 60.0
"""The proxy may not know a machine in its first minute."""
SETTLE_SECONDS = 30.0
"""Google's guest agent needs seconds for a new key."""


class OwnSsh:
    """`token` returns a fresh access token, `record` a machine's record. The key lives as long as the run does."""

    def __init__(
        self,
        cloud: Gcp,
        project: str,
        user: str,
        token: Callable[[], str],
        record: Callable[[str], NodeRecord | None],
    ) -> None:
        self._cloud = cloud
        self._project = project
        self._user = user
        self._token = token
        self._record = record
        self._let_in: set[str] = set()

    def fleet(self, machines: Sequence[Machine], size: str = "") -> Fleet:
        """These machines, the head first; each lets the run's key in by its metadata, and is reached by itself."""
        at_once([partial(self._let_key_in, each) for each in machines if each.instance_id not in self._let_in])
        records = at_once([partial(self._record, each.name) for each in machines])
        hosts = tuple(
            Host(m.name, m.address, r.host_keys if r is not None and r.instance_id == m.instance_id else ())
            for m, r in zip(machines, records, strict=True)
        )
        keys = Keys(private=self._key.export_private_key("openssh"))
        dial = self._dial({each.name: each.zone for each in machines})
        relay = Relayed(NAME, dial, each=True, settles=SETTLE_SECONDS)
        return Fleet(hosts[0], hosts, Endpoint(hosts[0].address), self._user, keys, size, relay=relay)

    def _let_key_in(self, machine: Machine) -> None:
        public = self._key.export_public_key("openssh").decode()
        self._cloud.let_key_in(machine.zone, machine.name, self._user, public, datetime.now(UTC))
        self._let_in.add(machine.instance_id)

    @cached_property
    def _key(self) -> SSHKey:
        import asyncssh

        return asyncssh.generate_private_key("ssh-ed25519")

    def _dial(self, zones: dict[str, str]) -> Callable[[Host, int], Awaitable[socket.socket]]:
        async def dial(host: Host, port: int) -> socket.socket:
            relay = Relay(Instance(self._project, zones[host.name], host.name), port, self._token)
            return await relay.open(PATIENCE_SECONDS)

        return dial
