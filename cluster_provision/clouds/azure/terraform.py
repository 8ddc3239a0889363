"""Hands the credentials to Terraform's azurerm provider and backend.

The provider itself reads a secret and a PFX certificate. It can't use a PEM certificate or a person's login, and it
reads a federated token only once, so that a long apply fails with "expired". For these, and for a machine's own
identity, a loopback endpoint hands out tokens as the service for managed identities does. Its address holds a number
that nobody can guess, and only the Terraform processes get it.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.core.credentials import TokenCredential

    from cluster_provision.clouds.azure.credentials import Credentials

LOOPBACK = "127.0.0.1"
# All of the provider's own variables for credentials. Unused ones are emptied, so that none of the caller's wins.
# https://registry.terraform.io/providers/hashicorp/azurerm/5.2.0/docs
HANDED = (
    "ARM_SUBSCRIPTION_ID",
    "ARM_TENANT_ID",
    "ARM_CLIENT_ID",
    "ARM_CLIENT_ID_FILE_PATH",
    "ARM_CLIENT_SECRET",
    "ARM_CLIENT_SECRET_FILE_PATH",
    "ARM_CLIENT_CERTIFICATE",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "ARM_USE_OIDC",
    "ARM_OIDC_TOKEN",
    "ARM_OIDC_TOKEN_FILE_PATH",
    "ARM_USE_AKS_WORKLOAD_IDENTITY",
    "ARM_USE_MSI",
    "ARM_MSI_ENDPOINT",
    "ARM_USE_CLI",
)
PFX = (".pfx", ".p12")


@contextlib.contextmanager
def terraform_credentials(found: Credentials, subscription: str) -> Iterator[dict[str, str]]:
    """For the time of the block, yield the variables with which Terraform uses these credentials."""
    given = found.settings
    variables = dict.fromkeys(HANDED, "") | {"ARM_SUBSCRIPTION_ID": subscription, "ARM_USE_CLI": "false"}
    variables |= {"ARM_TENANT_ID": given.tenant} if given.tenant else {}
    if found.way == "secret":
        yield {**variables, "ARM_CLIENT_ID": given.client, "ARM_CLIENT_SECRET": given.secret}
    elif found.way == "certificate" and Path(given.certificate).suffix.lower() in PFX:
        variables |= {"ARM_CLIENT_ID": given.client, "ARM_CLIENT_CERTIFICATE_PATH": given.certificate}
        yield {**variables, "ARM_CLIENT_CERTIFICATE_PASSWORD": given.password}
    else:
        with _endpoint(found.token) as address:
            yield {**variables, "ARM_USE_MSI": "true", "ARM_MSI_ENDPOINT": address}


@contextlib.contextmanager
def _endpoint(credential: TokenCredential) -> Iterator[str]:
    """Yield the address of an endpoint that hands out `credential`'s tokens."""
    path = f"/{secrets.token_urlsafe(24)}/token"
    server = _Server(credential, path)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}{path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, credential: TokenCredential, path: str) -> None:
        super().__init__((LOOPBACK, 0), _Visit)
        self.credential = credential
        self.path = path

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback when the client has gone, as a stopped Terraform has."""


class _Visit(BaseHTTPRequestHandler):
    """https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        resource = parse_qs(asked.query).get("resource", [""])[0]
        known = secrets.compare_digest(asked.path.encode(), self.server.path.encode())
        if not known or self.headers.get("Metadata") != "true":
            return self.reply(404, {"error": "not_found"})
        if not resource:
            return self.reply(400, {"error": "invalid_request", "error_description": "resource is missing"})
        try:
            token = self.server.credential.get_token(f"{resource.rstrip('/')}/.default")
        except Exception as refused:  # Terraform must show any failure
            return self.reply(400, {"error": "invalid_request", "error_description": str(refused)})
        left = max(0, int(token.expires_on - time.time()))
        given = {"access_token": token.token, "token_type": "Bearer", "resource": resource}
        return self.reply(200, {**given, "expires_in": str(left), "expires_on": str(token.expires_on)})

    def reply(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:  # its address is a secret
        pass
