"""Gets an access token for the provider's credentials, as the provider does.

The embedded cloud looks at no signature, so an assertion has none. Refused and expired credentials show all the same,
because the token endpoint is asked. Source: hashicorp/go-azure-sdk, sdk/auth; internal/provider/provider.go.
"""

from __future__ import annotations

import base64
import json
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embedded_cloud.standin.https import Exchange

RESOURCE: Final = "https://management.azure.com"
_LOGIN: Final = "https://login.microsoftonline.com"
_METADATA: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TRUE: Final = ("1", "t", "true")


class Refused(Exception):
    """No token could be got; the message is the provider's."""


class Given:
    """The provider's settings: in its block, else in the environment as ARM_ and the name in capitals."""

    def __init__(self, config: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._config, self._environ = config, environ

    def text(self, name: str) -> str:
        value = self._config.get(name)
        return value if isinstance(value, str) else self._environ.get(f"ARM_{name.upper()}", "")

    def switch(self, name: str) -> bool:
        value = self._config.get(name)
        return value if isinstance(value, bool) else self._environ.get(f"ARM_{name.upper()}", "").lower() in _TRUE

    @property
    def may_ask_cli(self) -> bool:
        """Whether the provider may ask the CLI. It ignores ARM_USE_CLI, since the setting has a default."""
        return self._config.get("use_cli") is not False

    def secret(self, name: str) -> str:
        """A text, or that of the file which <name>_file_path names. Raises Refused."""
        given, path = self.text(name), self.text(f"{name}_file_path")
        if not path:
            return given
        try:
            return Path(path).read_text().strip()
        except OSError as failed:
            raise Refused(f"reading {name.replace('_', ' ')} from file {json.dumps(path)}: {failed}") from None


def token_source(given: Given, exchange: Exchange) -> Callable[[], str]:
    """A function that returns a fresh token. Raises Refused where the settings fit no way to sign in."""
    client, tenant = given.secret("client_id"), given.text("tenant_id")
    form = {"client_id": client, "grant_type": "client_credentials", "scope": f"{RESOURCE}/.default"}
    url = f"{_LOGIN}/{tenant}/oauth2/v2.0/token"
    if tenant and client:
        if path := given.text("client_certificate_path"):
            assertion = _certificate(Path(path), given.text("client_certificate_password"), client, url)
            return lambda: _login(exchange, url, {**form, **_asserted(assertion())})
        if secret := given.secret("client_secret"):
            return lambda: _login(exchange, url, {**form, "client_secret": secret})
        # Read once, as the provider does: a long apply with a token of a short life ends.
        federated = given.switch("use_oidc") or given.switch("use_aks_workload_identity")
        if federated and (token := given.secret("oidc_token")):
            return lambda: _login(exchange, url, {**form, **_asserted(token)})
    if given.switch("use_msi"):
        return lambda: _managed(exchange, given.text("msi_endpoint") or _METADATA, client)
    if given.may_ask_cli:
        cause = "could not parse Azure CLI version: launching Azure CLI: "
        if shutil.which("az") is None:
            raise Refused(
                f'could not configure AzureCli Authorizer: {cause}exec: "az": executable file not found in $PATH'
            )
        raise Refused(f"could not configure AzureCli Authorizer: {cause}a rehearsal runs no az")
    raise Refused("no Authorizer could be configured, please check your configuration")


def _login(exchange: Exchange, url: str, form: dict[str, str]) -> str:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        status, answer, _ = exchange("POST", url, urlencode(form).encode(), headers)
    except OSError as failed:
        raise Refused(f'clientCredentialsToken: cannot request token: Post "{url}": {failed}') from None
    if status >= 300:
        text = answer.decode(errors="replace")
        raise Refused(f"clientCredentialsToken: received HTTP status {status} with response: {text}")
    return str(json.loads(answer)["access_token"])


def _managed(exchange: Exchange, endpoint: str, client: str) -> str:
    query = {"api-version": "2018-02-01", "resource": RESOURCE} | ({"client_id": client} if client else {})
    url = f"{endpoint}?{urlencode(query)}"
    says = "ManagedIdentityAuthorizer: failed to request token from metadata endpoint"
    try:
        status, answer, _ = exchange("GET", url, None, {"Metadata": "true"})
    except OSError as failed:
        raise Refused(f'{says}: Get "{url}": {failed}') from None
    if status >= 300:
        raise Refused(f"{says}: received HTTP status {status} with body: {answer.decode(errors='replace')}")
    return str(json.loads(answer)["access_token"])


def _asserted(assertion: str) -> dict[str, str]:
    return {"client_assertion": assertion, "client_assertion_type": _ASSERTION}


def _certificate(path: Path, password: str, client: str, audience: str) -> Callable[[], str]:
    """Makes assertions in the name of a PKCS#12 archive's certificate. Raises Refused."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import pkcs12

    says = "could not configure ClientCertificate Authorizer"
    try:
        data = path.read_bytes()
    except OSError as failed:
        raise Refused(f'{says}: could not read PKCS#12 archive at "{path}": open {path}: {_why(failed)}') from None
    try:
        _, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise Refused(f"{says}: could not decode PKCS#12 archive: pkcs12: decryption password incorrect") from None
    thumbprint = certificate.fingerprint(hashes.SHA1()) if certificate else b""  # noqa: S303 the header's own hash

    def assertion() -> str:
        now = int(time.time())
        head = {"alg": "RS256", "typ": "JWT", "x5t": base64.urlsafe_b64encode(thumbprint).decode().rstrip("=")}
        claims = {"aud": audience, "iss": client, "sub": client, "jti": str(uuid.uuid4()), "nbf": now, "exp": now + 600}
        parts = (json.dumps(head), json.dumps(claims), "stand-in")
        return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)

    return assertion


def _why(failed: OSError) -> str:
    """The error in Go's words."""
    return (failed.strerror or str(failed)).lower()


def claims_of(token: str) -> dict[str, Any]:
    """The claims in a token. Raises Refused."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        raise Refused("parsing claims from access token: token is no JWT") from None
    return found if isinstance(found, dict) else {}
