"""The tool's own SSH to machines with OS Login: a key of the run's, let in for an hour, each machine by a relay of its
own. The others do not depend on the head then, nor does their traffic share its connection."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.iap.dial import NAME, dial_to
from cluster_provision.errors import CANNOT_LOOK, ProvisionError
from cluster_provision.fleet.model import Endpoint, Fleet, Keys, Relayed
from cluster_provision.targets.recorded_hosts import hosts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.clouds.gcp.os_login import Login, OsLogin
    from cluster_provision.node import NodeRecord

SETTLE_SECONDS = 10.0
"""A machine may not have heard of a new key at once."""

ADVICE = (
    "The machines let in who has roles/compute.osAdminLogin on the project, and roles/iam.serviceAccountUser on the "
    "machines' account (docs/permissions.md)."
)


class OsLoginSsh:
    """`email` is the caller's, `token` returns an access token that holds, `record` a machine's record.

    The key is made when it is first needed, and lives until `close`.
    """

    def __init__(
        self,
        os_login: OsLogin,
        project: str,
        email: str,
        token: Callable[[], str],
        record: Callable[[str], NodeRecord | None],
    ) -> None:
        self._os_login = os_login
        self._project = project
        self._email = email
        self._token = token
        self._record = record
        self._private = b""
        self._login: Login | None = None

    def fleet(self, machines: Sequence[Machine], region: str, size: str) -> Fleet:
        """These machines, the head first."""
        login = self._login or self._let_in(region)
        hosts = hosts_of(machines, self._record)
        dial = dial_to(self._project, {each.name: each.zone for each in machines}, self._token)
        relay = Relayed(NAME, dial, each=True, settles=SETTLE_SECONDS, advice=ADVICE)
        keys = Keys(private=self._private)
        return Fleet(hosts[0], hosts, Endpoint(hosts[0].address), login.user, keys, size, relay=relay)

    def close(self) -> None:
        """Take the key out of OS Login; where that fails, it expires."""
        if self._login is not None:
            with contextlib.suppress(*CANNOT_LOOK, ProvisionError):
                self._os_login.delete_key(self._email, self._login.fingerprint)
            self._login = None

    def _let_in(self, region: str) -> Login:
        import asyncssh

        key = asyncssh.generate_private_key("ssh-ed25519")
        public = key.export_public_key("openssh").decode().strip()
        self._login = self._os_login.import_key(self._email, public, region, datetime.now(UTC))
        self._private = key.export_private_key("openssh")
        return self._login
