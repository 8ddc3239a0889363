"""The tool's own SSH to machines on Google Cloud: a key of the run's, let in for an hour, through the proxy's relay."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.iap.dial import NAME, dial_to
from cluster_provision.fleet.model import Endpoint, Fleet, Keys, Relayed
from cluster_provision.parallel import at_once
from cluster_provision.targets.recorded_hosts import hosts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asyncssh import SSHKey

    from cluster_provision.clouds.base import Machine
    from cluster_provision.clouds.gcp.cloud import Gcp
    from cluster_provision.node import NodeRecord

SETTLE_SECONDS = 60.0
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
        _ = self._key  # before threads ask for it, each of which would make one
        at_once([partial(self._let_key_in, each) for each in machines if each.instance_id not in self._let_in])
        hosts = hosts_of(machines, self._record)
        keys = Keys(private=self._key.export_private_key("openssh"))
        dial = dial_to(self._project, {each.name: each.zone for each in machines}, self._token)
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
