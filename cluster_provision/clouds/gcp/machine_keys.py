"""SSH keys in a machine's metadata, for a while: Google's guest agent lets them in, and no longer once they expire.

The lines' form is gcloud's (looked up November 2026): `user:key google-ssh {"userName":…,"expireOn":…}`, without blanks
in the JSON.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = "ssh-keys"
LIFETIME = timedelta(hours=1)
TRIES = 5
"""Of a change that others are quicker at: a change names the metadata that it goes by."""


class GcpMachineKeys(GoogleApi):
    """Puts keys into the metadata of machines."""

    def let_key_in(self, zone: str, machine: str, user: str, public: str, now: datetime) -> None:
        """Let this public key in on the machine as `user`, until LIFETIME from `now`. Keys that have expired go.

        Raises PermissionDenied, and NotFound where there is no such machine.
        """
        url = f"{COMPUTE}/projects/{self._project}/zones/{zone}/instances/{machine}"
        for left in reversed(range(TRIES)):
            metadata = self._get(url, f"looking up {machine}").get("metadata") or {}
            items = [dict(each) for each in metadata.get("items") or ()]
            lines = _kept(next((i.get("value", "") for i in items if i["key"] == KEYS), ""), now)
            others = [each for each in items if each["key"] != KEYS]
            value = "\n".join([*lines, key_line(user, public, now + LIFETIME)])
            changed = {"fingerprint": metadata.get("fingerprint"), "items": [*others, {"key": KEYS, "value": value}]}
            try:
                self._call("POST", f"{url}/setMetadata", f"letting a key in on {machine}", changed)
            except Refused as refused:
                if not left or "fingerprint" not in refused.message.lower():
                    raise
            else:
                return


def key_line(user: str, public: str, until: datetime) -> str:
    """A line of `ssh-keys` with a key that expires."""
    kind, key = public.split()[:2]
    told = {"userName": user, "expireOn": until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")}
    return f"{user}:{kind} {key} google-ssh {json.dumps(told, separators=(',', ':'))}"


def _kept(text: str, now: datetime) -> Sequence[str]:
    """The lines without those that have expired."""
    return [line for line in text.splitlines() if line.strip() and not _expired(line, now)]


def _expired(line: str, now: datetime) -> bool:
    told = re.search(r"google-ssh (\{.*\})\s*$", line)
    try:
        given: Any = json.loads(told[1]) if told else {}
        return bool(given) and datetime.strptime(given["expireOn"], "%Y-%m-%dT%H:%M:%S%z") < now
    except (ValueError, KeyError):
        return False
