"""Each way to sign in to Azure, by azure-identity and by Terraform's backend, on the embedded cloud."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.azure.credentials import find_credentials, prove_credentials
from cluster_provision.clouds.azure.terraform import terraform_credentials
from cluster_provision.errors import CredentialsError, Unreachable
from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT, refusal
from tests.integration.azure.state import module, store
from tests.integration.azure.tool import SUBSCRIPTION
from tests.unit.clouds.azure.application import CLIENT, certificate

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT}


def token_file(folder: Path, **claims: Any) -> str:
    now = int(time.time())
    given = {"iss": "https://issuer.example", "sub": "system:x", "nbf": now - 10, "exp": now + 600, **claims}
    (folder / "token").write_text(tokens.jwt(given))
    return str(folder / "token")


def ways(folder: Path) -> dict[str, dict[str, str]]:
    return {
        "secret": {**APPLICATION, "ARM_CLIENT_SECRET": "s~1"},
        "pfx": {**APPLICATION, "ARM_CLIENT_CERTIFICATE_PATH": str(certificate(folder / "c.pfx", password=b"p"))}
        | {"ARM_CLIENT_CERTIFICATE_PASSWORD": "p"},
        "pem": {**APPLICATION, "ARM_CLIENT_CERTIFICATE_PATH": str(certificate(folder / "c.pem"))},
        "data": {**APPLICATION}
        | {"ARM_CLIENT_CERTIFICATE": base64.b64encode(certificate(folder / "d.pfx").read_bytes()).decode()},
        "federated": {**APPLICATION, "AZURE_FEDERATED_TOKEN_FILE": token_file(folder)},
    }


@pytest.mark.parametrize("way", ["secret", "pfx", "pem", "data", "federated"])
def test_each_way_of_an_application_signs_in_and_carries_terraforms_backend(
    azure_folder: Path, tmp_path: Path, way: str
) -> None:
    variables = ways(tmp_path)[way]
    found = find_credentials(variables)
    assert prove_credentials(found).name == f"application {CLIENT}"
    ours = store(of=found)
    ours.prepare()
    with terraform_credentials(found, SUBSCRIPTION) as passed:
        assert module(tmp_path / "m", ours, passed).run("apply", "-auto-approve").returncode == 0
    assert ours.facts().resources == 1


def test_a_person_signs_in_with_a_code(azure_folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    found = find_credentials({"ARM_TENANT_ID": TENANT}, prompt=said.append)
    identity = prove_credentials(found)
    assert "microsoft.com/devicelogin" in said[0]
    assert "REHEARSE1" in said[0]
    assert (identity.name, identity.source) == ("somebody@rehearsal.example", "device code, signed in with a code")
    ours = store(of=found)
    ours.prepare()
    with terraform_credentials(found, SUBSCRIPTION) as passed:
        assert passed["ARM_CLIENT_SECRET"] == ""
        assert module(tmp_path / "m", ours, passed).run("apply", "-auto-approve").returncode == 0


class Machine(BaseHTTPRequestHandler):
    """The identity endpoint of a machine, as App Service has it."""

    def do_GET(self) -> None:
        token = tokens.token("https://management.azure.com", TENANT, "machine")
        given = {"access_token": token, "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"}
        raw = json.dumps({**given, "resource": "r", "client_id": "machine"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_a_machines_own_identity_signs_in(azure_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = HTTPServer(("127.0.0.1", 0), Machine)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_port}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "x")
    found = find_credentials({"ARM_USE_MSI": "true"})
    assert prove_credentials(found).name == "managed identity machine"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("number", "values", "advice"),
    [
        (7000222, {"client": CLIENT}, "az ad app credential reset"),
        (7000215, {"client": CLIENT}, "not its id"),
        (700016, {"client": CLIENT, "tenant": TENANT}, "ARM_CLIENT_ID"),
        (53003, {}, "conditional access"),
    ],
)
def test_refused_credentials_are_told_with_what_to_do(
    azure_folder: Path, number: int, values: dict[str, str], advice: str
) -> None:
    answer = refusal(number, **values)
    match = {"method": "POST", "host": "login.microsoftonline.com", "path": "/token"}
    rule = {"match": match, "status": answer.status, "body": json.loads(answer.body)}
    (azure_folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    with pytest.raises(CredentialsError, match=f"AADSTS{number}") as raised:
        prove_credentials(find_credentials(os.environ))
    assert advice in raised.value.advice


def test_a_federated_token_that_is_over_is_refused(azure_folder: Path, tmp_path: Path) -> None:
    variables = {**APPLICATION, "AZURE_FEDERATED_TOKEN_FILE": token_file(tmp_path, exp=int(time.time()) - 60)}
    with pytest.raises(CredentialsError, match="AADSTS700024"):
        prove_credentials(find_credentials(variables))


def test_a_login_that_does_not_answer_is_unreachable(azure_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        prove_credentials(find_credentials(os.environ))


def test_the_loopback_tells_nobody_who_does_not_know_its_address(azure_folder: Path, tmp_path: Path) -> None:
    import requests

    found = find_credentials(ways(tmp_path)["federated"])
    with terraform_credentials(found, SUBSCRIPTION) as passed:
        address = passed["ARM_MSI_ENDPOINT"]
        asked = {"resource": "https://management.azure.com/"}
        marked = {"Metadata": "true"}
        assert requests.get(address, asked, headers=marked, timeout=5).json()["token_type"] == "Bearer"
        assert requests.get(address, asked, timeout=5).status_code == 404
        guessed = address.rpartition("/")[0].rpartition("/")[0] + "/guess/token"
        assert requests.get(guessed, asked, headers=marked, timeout=5).status_code == 404
    with pytest.raises(requests.ConnectionError):
        requests.get(address, asked, headers=marked, timeout=5)
