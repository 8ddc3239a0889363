"""Blob storage: `<account>.blob.core.windows.net`, answered by Azurite for the accounts that Resource Manager made."""

from __future__ import annotations

import contextlib
import http.client
import threading
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.access.roles import identities, may
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.storage.azurite_process import Azurite
from embedded_cloud.azure.storage.blob_actions import asked_of
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.access.role_conditions import Asked
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

SUFFIX = ".blob.core.windows.net"
NAMED = "//rehearsal/azure/containers"  # account -> its container of before: made when it is first asked for
OPEN = "x-open"  # marks what was there before: an account that whoever signs in may use, an identity that may use all
MISMATCH = "This request is not authorized to perform this operation using this permission."
ACCOUNTS = "microsoft.storage/storageaccounts"
ANSWER_SECONDS = 60
# Of one connection, not of the message (RFC 9110, 7.6.1); lengths are set anew.
HOPS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "proxy-connection"})


class Blobs:
    """All blobs of all accounts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.azurite = Azurite(store.folder / "azurite", str(store.number("azurite", 2**96)))
        self._own = threading.local()

    def account(self, name: str) -> Body | None:
        """The storage account of that name, whoever's it is: names are one space for all."""
        return account_of(self._store, name)

    def knows(self, host: str) -> bool:
        """Whether the host exists: a missing account has no host name in the real cloud either."""
        return host.endswith(SUFFIX) and self.account(host.removesuffix(SUFFIX)) is not None

    def answer(self, request: Request) -> Answer:
        """Azurite's answer, or a refusal where the caller has no role that allows the call."""
        account = self.account(request.host.removesuffix(SUFFIX))
        if account is None:
            return _refusal(404, "ResourceNotFound", "The specified resource does not exist.")
        if (refused := _not_with_a_key(account, request)) is not None:
            return refused
        if (refused := self._not_allowed(account, request)) is not None:
            return refused
        self._make_named(account["name"])
        return self._forwarded(request)

    def allows(self, account: str, principal: str, asked: Asked) -> bool:
        """Whether the account is there, and a role lets the principal do that with it."""
        with self._store.lock:
            found = self.account(account)
            if found is None or is_open(self._store, found, principal):
                return found is not None
            path = (
                f"{found['id']}/blobServices/default/containers/{asked.container}" if asked.container else found["id"]
            )
            return may(self._store, principal, path, asked)

    def client(self, account: str) -> Any:
        """azure-storage-blob's client for an account, straight to Azurite: for what the cloud itself does there."""
        from azure.storage.blob import BlobServiceClient

        address = f"http://127.0.0.1:{self.azurite.port()}/{account}"
        credential = {"account_name": account, "account_key": self.azurite.key(account)}
        return BlobServiceClient(address, credential=credential, use_env_settings=False)

    def forget(self, account: str) -> None:
        """Delete all blobs of the account."""
        client = self.client(account)
        for container in client.list_containers():
            client.delete_container(container.name)

    def remaining(self) -> list[str]:
        """The addresses of all blobs; none where there is no account."""
        with self._store.lock:
            accounts = [body["name"] for each in _collections(self._store) for body in self._store.each(each).values()]
        found = []
        for account in accounts:
            client = self.client(account)
            for container in client.list_containers():
                names = client.get_container_client(container.name).list_blob_names()
                found += [f"https://{account}{SUFFIX}/{container.name}/{name}" for name in names]
        return found

    def close(self) -> None:
        self.azurite.close()

    def _not_allowed(self, account: Body, request: Request) -> Answer | None:
        """The refusal of who has no role for blobs here: not even an account's maker has one by himself.

        https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory
        """
        claims = tokens.bearer(request)
        if claims is None:
            return None
        allowed = self.allows(account["name"], str(claims.get("oid")), asked_of(request))
        return None if allowed else _refusal(403, "AuthorizationPermissionMismatch", MISMATCH)

    def _make_named(self, account: str) -> None:
        """The container that an env file names was there before."""
        from azure.core.exceptions import ResourceExistsError

        with self._store.lock:
            named = self._store.get(NAMED, account)
            self._store.delete(NAMED, account)
        if named is not None:
            with contextlib.suppress(ResourceExistsError):
                self.client(account).create_container(named["container"])

    def _forwarded(self, request: Request) -> Answer:
        headers = {name: value for name, value in request.headers.items() if name not in HOPS}
        headers["content-length"] = str(len(request.body))
        for again in (True, False):
            connection = self._connection()
            try:
                connection.request(request.method, request.target, request.body or None, headers)
                got = connection.getresponse()
                body = got.read()
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                self._own.connection = None
                if not again:
                    raise
        kept = tuple((name, value) for name, value in got.getheaders() if name.lower() not in HOPS)
        if request.method == "HEAD" and got.getheader("Content-Length"):
            kept = (*kept, ("Content-Length", str(got.getheader("Content-Length"))))
        return Answer(got.status, body, kept)

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is None:
            kept = self._own.connection = http.client.HTTPConnection(
                "127.0.0.1", self.azurite.port(), timeout=ANSWER_SECONDS
            )
        return kept


def account_of(store: Store, name: str) -> Body | None:
    """The storage account of that name, in whichever group it is."""
    found = (store.get(each, name) for each in _collections(store))
    return next((body for body in found if body is not None), None)


def _collections(store: Store) -> list[str]:
    """Of all groups."""
    return [each for each in store.collections() if each.endswith(f"/providers/{ACCOUNTS}")]


def is_open(store: Store, account: Body, principal: str) -> bool:
    """Whether no role is needed: what was there before had its users. An identity made since then has none."""
    made = next((each for each in identities(store) if read(each, "properties.principalId") == principal), None)
    return bool(made.get(OPEN)) if made is not None else bool(account.get(OPEN))


def _not_with_a_key(account: Body, request: Request) -> Answer | None:
    """The refusal of a key, or of what a key has signed, where the account takes none."""
    signed = request.headers.get("authorization", "").startswith("SharedKey") or request.one("sig")
    if signed and read(account, "properties.allowSharedKeyAccess") is False:
        return _refusal(
            403,
            "KeyBasedAuthenticationNotPermitted",
            "Key based authentication is not permitted on this storage account.",
        )
    return None


def _refusal(status: int, code: str, message: str) -> Answer:
    body = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    headers = (("Content-Type", "application/xml"), ("x-ms-error-code", code))
    return Answer(status, body.encode(), headers)
