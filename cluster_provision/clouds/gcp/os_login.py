"""OS Login: a public key of the caller's, which every machine of the project with OS Login lets in until it expires.

The calls and their answers are those of the discovery document oslogin.v1. Which machines let the key in, and whether
with sudo, IAM says: compute.instances.osLogin and osAdminLogin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import GoogleApi
from cluster_provision.errors import PermissionDenied, Refused, SettingsError

if TYPE_CHECKING:
    from datetime import datetime

OS_LOGIN = "https://oslogin.googleapis.com/v1"
LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Login:
    """The caller's account on the machines, and the key that leads to it: `fingerprint` is OS Login's name for it."""

    user: str
    fingerprint: str


class OsLogin(GoogleApi):
    """Keys of the account with this `email`, which is the caller's own."""

    def import_key(self, email: str, public: str, region: str, now: datetime) -> Login:
        """Let this public key in until LIFETIME from `now`; it is known in `region` once this returns.

        Raises SettingsError where the credentials are no account's or its profile is full, and PermissionDenied.
        """
        if "@" not in email:
            raise SettingsError(
                (f"OS Login knows people and service accounts by their e-mail; these credentials are {email}",),
                "Log in with gcloud, or act as a service account (docs/authentication.md).",
                where="",
            )
        until = int((now + LIFETIME).timestamp()) * 1_000_000
        try:
            told = self._call(
                "POST",
                f"{OS_LOGIN}/users/{quote(email)}:importSshPublicKey",
                f"letting a key of {email} in by OS Login",
                {"key": public, "expirationTimeUsec": str(until)},
                {"projectId": self._project, "regions": region},
            )
        except Refused as refused:
            if "32 KiB" not in refused.message:
                raise
            raise SettingsError((refused.message,), PROFILE_FULL, where="") from refused
        return _login(told.get("loginProfile") or {}, public, email)

    def delete_key(self, email: str, fingerprint: str) -> None:
        """Take a key away again; one that has gone already is as well."""
        url = f"{OS_LOGIN}/users/{quote(email)}/sshPublicKeys/{quote(fingerprint)}"
        try:
            self._call("DELETE", url, f"taking a key of {email} out of OS Login")
        except NotFound:
            return


PROFILE_FULL = (
    "The account's profile is full of SSH keys. Delete those that nobody needs:\n"
    "  gcloud compute os-login ssh-keys list\n"
    "  gcloud compute os-login ssh-keys remove --key=<fingerprint>"
)


def _login(profile: dict[str, Any], public: str, email: str) -> Login:
    """The primary account, else the first, and the key that has these bytes."""
    accounts = profile.get("posixAccounts") or []
    account = next((each for each in accounts if each.get("primary")), accounts[0] if accounts else {})
    mine = public.split()[:2]
    keys = profile.get("sshPublicKeys") or {}
    found = next((name for name, key in keys.items() if key.get("key", "").split()[:2] == mine), "")
    if not account.get("username") or not found:
        raise PermissionDenied(
            f"OS Login has no account on the machines for {email}",
            "People from outside the organisation need roles/compute.osLoginExternalUser (docs/permissions.md).",
        )
    return Login(str(account["username"]), str(found))
