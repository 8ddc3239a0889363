"""azurerm's tokens: got in the way that its settings are for, and refused in its words."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from embedded_cloud.standin.azurerm.credentials import Given, Refused, token_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APPLICATION = {"ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c"}


class Endpoint:
    """Gives the same answer to all, and remembers what was asked."""

    def __init__(self, status: int = 200, answer: bytes = b'{"access_token": "fresh"}') -> None:
        self.status, self.answer = status, answer
        self.asked: list[tuple[str, str, dict[str, list[str]], Mapping[str, str]]] = []

    def __call__(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        self.asked.append((verb, url, parse_qs((body or b"").decode()), headers))
        return self.status, self.answer, {}


def token(endpoint: Endpoint, environ: dict[str, str], **config: Any) -> str:
    return token_source(Given(config, environ), endpoint)()


def test_a_secret_is_exchanged_at_the_tenant() -> None:
    endpoint = Endpoint()
    assert token(endpoint, {**APPLICATION, "ARM_CLIENT_SECRET": "s", "ARM_USE_MSI": "true"}) == "fresh"
    ((verb, url, form, _),) = endpoint.asked
    assert (verb, url) == ("POST", "https://login.microsoftonline.com/t/oauth2/v2.0/token")
    assert (form["client_id"], form["client_secret"]) == (["c"], ["s"])
    assert form["scope"] == ["https://management.azure.com/.default"]


def test_the_providers_block_comes_before_the_environment() -> None:
    endpoint = Endpoint()
    token(endpoint, {**APPLICATION, "ARM_CLIENT_SECRET": "s"}, client_id="other")
    assert endpoint.asked[0][2]["client_id"] == ["other"]


def test_a_loopback_managed_identity_is_asked_at_its_own_address() -> None:
    endpoint = Endpoint()
    address = "http://127.0.0.1:1234/abc/token"
    assert token(endpoint, {"ARM_USE_MSI": "true", "ARM_MSI_ENDPOINT": address, "ARM_USE_CLI": "false"}) == "fresh"
    ((verb, url, _, headers),) = endpoint.asked
    assert (verb, url.partition("?")[0], headers) == ("GET", address, {"Metadata": "true"})
    assert parse_qs(urlsplit(url).query)["resource"] == ["https://management.azure.com"]


def test_a_federated_token_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("assertion\n")
    endpoint = Endpoint()
    token(endpoint, {**APPLICATION, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": str(tmp_path / "token")})
    assert endpoint.asked[0][2]["client_assertion"] == ["assertion"]


def test_a_certificate_signs_in_the_applications_name(tmp_path: Path) -> None:
    import trustme
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
    from cryptography.x509 import load_pem_x509_certificate

    issued = trustme.CA().issue_cert("application")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    certificate = load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    archive = tmp_path / "a.pfx"
    encrypted = BestAvailableEncryption(b"word")
    archive.write_bytes(pkcs12.serialize_key_and_certificates(b"a", key, certificate, None, encrypted))  # type: ignore[arg-type]
    endpoint = Endpoint()
    given = {**APPLICATION, "ARM_CLIENT_CERTIFICATE_PATH": str(archive)}
    token(endpoint, {**given, "ARM_CLIENT_CERTIFICATE_PASSWORD": "word"})
    part = endpoint.asked[0][2]["client_assertion"][0].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("c", "c", endpoint.asked[0][1])
    with pytest.raises(Refused, match=r"could not decode PKCS#12 archive: pkcs12: decryption password incorrect"):
        token(endpoint, {**given, "ARM_CLIENT_CERTIFICATE_PASSWORD": "wrong"})


def test_a_refusal_shows_the_whole_answer() -> None:
    refusal = b'{"error": "invalid_client", "error_description": "AADSTS7000222: expired"}'
    with pytest.raises(Refused) as refused:
        token(Endpoint(401, refusal), {**APPLICATION, "ARM_CLIENT_SECRET": "s"})
    text = f"clientCredentialsToken: received HTTP status 401 with response: {refusal.decode()}"
    assert str(refused.value) == text
    with pytest.raises(Refused, match="ManagedIdentityAuthorizer: failed to request token from metadata endpoint: rec"):
        token(Endpoint(400, refusal), {"ARM_USE_MSI": "true", "ARM_MSI_ENDPOINT": "http://127.0.0.1:1/t"})


def test_without_any_way_the_cli_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match=r'could not parse Azure CLI version: launching Azure CLI: exec: "az": exec'):
        token(Endpoint(), {"ARM_USE_CLI": "false"})
    with pytest.raises(Refused, match="no Authorizer could be configured, please check your configuration"):
        token(Endpoint(), {}, use_cli=False)
