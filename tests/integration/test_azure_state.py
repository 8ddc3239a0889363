"""State on Azure: by Terraform's own backend, azure-storage-blob and azure-identity, on the embedded cloud."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.azure import Azure
from cluster_provision.clouds.azure_credentials import find_credentials, prove_credentials
from cluster_provision.clouds.azure_terraform import terraform_credentials
from cluster_provision.errors import CredentialsError, PermissionDenied, StateStoreError, Unreachable
from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.azure import tokens
from cluster_provision.rehearsal.azure.login import TENANT, refusal
from cluster_provision.rehearsal.process import take_hold
from cluster_provision.state.azure_blob import AzureBlobStore, Place
from cluster_provision.terraform.hcl import to_hcl
from tests.unit.clouds.test_azure_credentials import CLIENT, certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("azurite")

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
OWN = Place("aiinfratf123", "terraform", "", "aiinfra-terraform", "westeurope", own=True)
APPLICATION = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT}
RESOURCE = """
variable "wait_for" { default = "" }
resource "terraform_data" "one" {
  input = "1"
  provisioner "local-exec" {
    command = <<-SHELL
      test -z "${var.wait_for}" && exit 0
      touch "${var.wait_for}.here"
      until [ -e "${var.wait_for}" ]; do sleep 0.05; done
    SHELL
  }
}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A rehearsal's environment; its folder."""
    monkeypatch.setenv("CLOUD", "azure")
    monkeypatch.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("TERRAFORM_BLOB_PATH", "https://theirs.blob.core.windows.net/box/dir")
    monkeypatch.setenv("PROVIDER_MIRROR", str(tmp_path / "none"))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", "")
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        yield tmp_path / "cloud"


def goes_wrong(run: Path, *rules: dict[str, Any]) -> None:
    (run / "scenario.json").write_text(json.dumps({"rules": rules}))


def store(place: Place = OWN, *, keys: bool = False, **variables: str) -> AzureBlobStore:
    found = find_credentials(variables or os.environ)
    return AzureBlobStore(Azure(found, SUBSCRIPTION), found.token, place, "demo", keys=keys)


@dataclass
class Module:
    """A root module with the store's backend, and Terraform as these credentials."""

    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return ["terraform", *arguments, "-no-color"]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def module(folder: Path, of: AzureBlobStore, variables: dict[str, str]) -> Module:
    folder.mkdir()
    kind, settings = of.backend()
    lines = "".join(f"    {name} = {to_hcl(value)}\n" for name, value in settings.items())
    (folder / "main.tf").write_text(f'terraform {{\n  backend "{kind}" {{\n{lines}  }}\n}}\n{RESOURCE}')
    made = Module(folder, {**os.environ, **variables})  # the rehearsal's own secret is among them, and must not win
    done = made.run("init", "-input=false")
    assert done.returncode == 0, done.stderr
    return made


def until(seen: Any) -> None:
    deadline = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_group_account_and_container_are_made_safe_and_go_with_the_last_cluster(run: Path) -> None:
    ours = store()
    assert ours.exists() is False
    assert ours.prepare() is True
    assert store().prepare() is False
    cloud = Azure(find_credentials(os.environ), SUBSCRIPTION)
    account = cloud.account(OWN.group, OWN.account)
    assert account is not None
    settings = account["properties"]
    assert settings["minimumTlsVersion"] == "TLS1_2"
    assert settings["allowBlobPublicAccess"] is False
    assert settings["allowSharedKeyAccess"] is False
    service = cloud.get(f"{account['id']}/blobServices/default", "2025-08-01", "looking")["properties"]
    assert service["isVersioningEnabled"] is True
    assert service["deleteRetentionPolicy"] == {"allowPermanentDelete": False, "enabled": True, "days": 7}
    ours.claim("abc", "", settled=False)
    assert ours.delete_deployment() == ""
    assert cloud.group(OWN.group) is None


def test_an_account_that_other_clusters_use_stays(run: Path) -> None:
    ours = store()
    ours.prepare()
    found = find_credentials(os.environ)
    other = AzureBlobStore(Azure(found, SUBSCRIPTION), found.token, OWN, "other")
    other.claim("x", "", settled=False)
    ours.claim("abc", "", settled=False)
    assert "other clusters use" in ours.delete_deployment()
    assert other.facts().ours


def test_who_may_not_read_blobs_is_given_the_role_or_told_which_one(run: Path) -> None:
    goes_wrong(run)
    (run / "conditions.json").write_text(json.dumps({"denied": ["Microsoft.Authorization/roleAssignments/write"]}))
    with pytest.raises(StateStoreError) as raised:
        store().prepare()
    assert 'az role assignment create --role "Storage Blob Data Owner"' in raised.value.advice
    (run / "conditions.json").write_text("{}")
    ours = store()
    ours.prepare()
    assert ours.has("nothing") is False


def test_a_container_of_the_users_is_used_and_left(run: Path) -> None:
    theirs = store(Place("theirs", "box", "dir"))
    assert theirs.exists()
    assert theirs.prepare() is False
    theirs.claim("abc", "", settled=False)
    assert theirs.uri == "https://theirs.blob.core.windows.net/box/dir/demo-deployment/terraform/state/default.tfstate"
    assert "keeps of deleted blobs" in theirs.delete_deployment()
    assert theirs.exists()
    assert take_hold(run).ask("GET", "/leftovers")["empty"] is True


def test_a_container_that_is_not_there_is_named(run: Path) -> None:
    with pytest.raises(StateStoreError, match="TERRAFORM_BLOB_PATH"):
        store(Place("theirs", "nobox")).exists()


def test_an_account_that_is_not_there_is_unreachable(run: Path) -> None:
    with pytest.raises(Unreachable):
        store(Place("nowhere", "box")).exists()


def test_a_name_that_somebody_else_has_is_not_used(run: Path) -> None:
    taken = Place("theirs", "terraform", "", "aiinfra-terraform", "westeurope", own=True)
    with pytest.raises(StateStoreError, match="is taken"):
        store(taken).prepare()


def test_who_may_not_make_an_account_is_told_the_action(run: Path) -> None:
    (run / "conditions.json").write_text(json.dumps({"denied": ["Microsoft.Storage/storageAccounts/write"]}))
    with pytest.raises(PermissionDenied, match=r"Microsoft\.Storage/storageAccounts/write"):
        store().prepare()


def test_node_records_are_read_by_one_listing_of_metadata(run: Path) -> None:
    ours = store()
    ours.prepare()
    told = {"status": "ready", "step": "done", "instance_id": "7", "ray": "address", "ray_gpus": "8"}
    record = {"schema": 1, "node": "n1", "instance_id": "7", "status": "ready", "step": "done"}
    ours._blobs.upload_blob("demo-deployment/nodes/n1.json", json.dumps(record), metadata=told)
    ours.write("nodes/n2.json", "not a record")
    first, second = ours.node_summaries()
    assert (first.name, first.status, first.instance_id, first.ray_gpus) == ("n1", "ready", "7", 8)
    assert (second.name, second.status) == ("n2", "starting")
    found = ours.node_record("n1")
    assert found is not None
    assert found.status == "ready"
    assert ours.node_record("n2") is None
    ours.forget_nodes({"n1"})
    assert [each.name for each in ours.node_summaries()] == ["n1"]


def test_terraform_keeps_its_state_and_a_second_folder_finds_it(run: Path, tmp_path: Path) -> None:
    ours = store()
    ours.prepare()
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        first = module(tmp_path / "first", ours, variables)
        assert first.run("apply", "-auto-approve").returncode == 0
        second = module(tmp_path / "second", ours, variables)
        assert second.run("state", "list").stdout.strip() == "terraform_data.one"
        assert second.run("plan", "-detailed-exitcode").returncode == 0
    assert ours.facts().kinds == {"terraform_data"}


def test_of_six_applies_at_once_one_holds_the_lock_and_the_others_are_told_by_whom(run: Path, tmp_path: Path) -> None:
    ours = store()
    ours.prepare()
    go = tmp_path / "go"
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        folders = [module(tmp_path / str(number), ours, variables) for number in range(6)]
        runs = [
            subprocess.Popen(
                each.command("apply", "-auto-approve", f"-var=wait_for={go}"),
                cwd=each.folder,
                env=each.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for each in folders
        ]
        ended: list[tuple[int, str]] = []

        def watch(each: subprocess.Popen[str]) -> None:
            _, errors = each.communicate(timeout=120)
            ended.append((each.returncode, errors))
            if len(ended) == len(runs) - 1:
                go.touch()  # five have ended: the one that holds the lock may go on

        watchers = [threading.Thread(target=watch, args=(each,)) for each in runs]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join()
    assert sorted(code for code, _ in ended) == [0, 1, 1, 1, 1, 1]
    for code, errors in ended:
        assert code == 0 or "Error acquiring the state lock" in errors


def test_a_lock_that_was_left_is_told_of_and_cleared_by_its_lease(run: Path, tmp_path: Path) -> None:
    ours = store()
    ours.prepare()
    go = tmp_path / "go"
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        made = module(tmp_path / "module", ours, variables)
        command = made.command("apply", "-auto-approve", f"-var=wait_for={go}")
        with subprocess.Popen(
            command, cwd=made.folder, env=made.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as killed:
            until((tmp_path / "go.here").exists)
            killed.kill()
        go.touch()
        held = ours.lock()
        assert held is not None
        assert held.operation == "Apply"
        assert "@" in held.holder
        assert "--blob-name demo-deployment/terraform/state/default.tfstate" in held.clear
        assert ours.facts().resources == 0
        assert made.run("plan").returncode == 1
        from azure.storage.blob import BlobLeaseClient

        # What `held.clear` does.
        BlobLeaseClient(ours._blobs.get_blob_client(ours._key)).break_lease()
        assert ours.lock() is None
        assert made.run("apply", "-auto-approve").returncode == 0
    assert ours.lock() is None


def test_keys_are_used_only_where_they_are_asked_for(run: Path, tmp_path: Path) -> None:
    ours = store(keys=True)
    ours.prepare()
    assert "use_azuread_auth" not in ours.backend()[1]
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        assert module(tmp_path / "m", ours, variables).run("apply", "-auto-approve").returncode == 0
    assert ours.facts().resources == 1


def test_an_account_without_keys_refuses_one(run: Path) -> None:
    store().prepare()
    with pytest.raises(StateStoreError, match=r"KeyBasedAuthenticationNotPermitted|Key based authentication"):
        store(keys=True).has("anything")


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
    run: Path, tmp_path: Path, way: str
) -> None:
    variables = ways(tmp_path)[way]
    found = find_credentials(variables)
    assert prove_credentials(found).name == f"application {CLIENT}"
    ours = store(**variables)
    ours.prepare()
    with terraform_credentials(found, SUBSCRIPTION) as passed:
        assert module(tmp_path / "m", ours, passed).run("apply", "-auto-approve").returncode == 0
    assert ours.facts().resources == 1


def test_a_person_signs_in_with_a_code(run: Path, tmp_path: Path) -> None:
    said: list[str] = []
    found = find_credentials({"ARM_TENANT_ID": TENANT}, prompt=said.append)
    identity = prove_credentials(found)
    assert "microsoft.com/devicelogin" in said[0]
    assert "REHEARSE1" in said[0]
    assert (identity.name, identity.source) == ("somebody@rehearsal.example", "device code, signed in with a code")
    ours = AzureBlobStore(Azure(found, SUBSCRIPTION), found.token, OWN, "demo")
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


def test_a_machines_own_identity_signs_in(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    run: Path, number: int, values: dict[str, str], advice: str
) -> None:
    answer = refusal(number, **values)
    match = {"method": "POST", "host": "login.microsoftonline.com", "path": "/token"}
    goes_wrong(run, {"match": match, "status": answer.status, "body": json.loads(answer.body)})
    with pytest.raises(CredentialsError, match=f"AADSTS{number}") as raised:
        prove_credentials(find_credentials(os.environ))
    assert advice in raised.value.advice


def test_a_federated_token_that_is_over_is_refused(run: Path, tmp_path: Path) -> None:
    variables = {**APPLICATION, "AZURE_FEDERATED_TOKEN_FILE": token_file(tmp_path, exp=int(time.time()) - 60)}
    with pytest.raises(CredentialsError, match="AADSTS700024"):
        prove_credentials(find_credentials(variables))


def test_a_login_that_does_not_answer_is_unreachable(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        prove_credentials(find_credentials(os.environ))


def test_the_loopback_tells_nobody_who_does_not_know_its_address(run: Path, tmp_path: Path) -> None:
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
