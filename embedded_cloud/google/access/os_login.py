"""OS Login (oslogin.v1): the callers' public keys and accounts, and what the machines' metadata server says of them.

Names, expiry and the profile's limit are those of real projects: an e-mail's other characters become `_`, a service
account is `sa_<its unique id>`, and a profile beyond 32 KiB is refused. The metadata server's answers are those that
google-guest-oslogin reads (src/oslogin_utils.cc).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.failure import ApiError, invalid, not_emulated, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

USERS = "//oslogin/users"
LIMIT = 32 * 1024
LOGIN, ADMIN = "compute.instances.osLogin", "compute.instances.osAdminLogin"


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix("oslogin.users.")
    email = call.resource[2]
    if verb == "getLoginProfile":
        return profile(call.store, email)
    if verb == "importSshPublicKey":
        return {"loginProfile": _import(call, email)}
    if verb == "sshPublicKeys.delete":
        kept = _keys(call.store, email)
        if kept.pop(call.resource[-1], None) is None:
            raise not_found("/".join(call.resource))
        _put(call.store, email, kept)
        return {}
    raise not_emulated(f"the method {call.method.id}")


def profile(store: Store, email: str) -> Body:
    """An account's profile: its keys that hold, and its account on the machines."""
    return {"name": _number(email), "posixAccounts": [_account(email)], "sshPublicKeys": _keys(store, email)}


class Guest:
    """What machines ask the metadata server for. `denied` are the permissions that nobody has."""

    def __init__(self, store: Store, denied: Callable[[], frozenset[str]]) -> None:
        self._store = store
        self._denied = denied

    def answer(self, path: str, policy: str) -> str | None:
        """The answer to `oslogin/users` or `oslogin/authorize`, JSON; None for other paths."""
        if path == "authorize":
            needed = {ADMIN} if policy == "adminLogin" else {LOGIN, ADMIN}
            return json.dumps({"success": not needed <= self._denied()})
        if path != "users":
            return None
        with self._store.lock:
            found = [profile(self._store, email) for email in self._store.each(USERS)]
        return json.dumps({"loginProfiles": found, "nextPageToken": "0"})


def _import(call: Call, email: str) -> Body:
    line = str(call.body.get("key", ""))
    if len(line.split()) < 2:
        raise invalid("Invalid SSH public key.")
    fingerprint = hashlib.sha256(line.split()[1].encode()).hexdigest()
    key = {"key": line, "fingerprint": fingerprint, "name": f"users/{email}/sshPublicKeys/{fingerprint}"}
    if until := call.body.get("expirationTimeUsec"):
        key["expirationTimeUsec"] = str(until)
    kept = {**_keys(call.store, email), fingerprint: key}
    if len(json.dumps(kept)) > LIMIT:
        raise ApiError(
            400, "badRequest", "Login profile size exceeds 32 KiB. Delete profile values to make additional space."
        )
    _put(call.store, email, kept)
    return profile(call.store, email)


def _keys(store: Store, email: str) -> Body:
    kept: Body = (store.get(USERS, email) or {}).get("keys", {})
    now = time.time() * 1_000_000
    return {name: key for name, key in kept.items() if int(key.get("expirationTimeUsec", now + 1)) > now}


def _put(store: Store, email: str, keys: Body) -> None:
    """Keep the keys; they are the account's, no cluster's."""
    store.put(USERS, email, {"keys": keys}, before=True)


def _account(email: str) -> Body:
    service = email.endswith(".gserviceaccount.com")
    user = f"sa_{_number(email)}" if service else re.sub("[^a-z0-9]", "_", email.lower())[:32]
    number = str(2_000_000_000 + zlib.crc32(email.encode()) % 100_000_000)
    return {
        "primary": True,
        "username": user,
        "uid": number,
        "gid": number,
        "homeDirectory": f"/home/{user}",
        "shell": "/bin/bash",
        "operatingSystemType": "LINUX",
    }


def _number(email: str) -> str:
    """A number of 21 digits, the account's for good."""
    return "1" + str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:20]
