"""Each way of having Google credentials, against the embedded cloud's token endpoints; refused ones; and none."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.gcp.answers import api_error
from tests.integration.gcp.state import LOCK
from tests.integration.terminal import MOST_SHOWN, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Tool

LOGIN = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
ACCOUNT = "robot@my-project-1.iam.gserviceaccount.com"
IMPERSONATE = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{ACCOUNT}:generateAccessToken"
POOL = "projects/12345/locations/global/workloadIdentityPools/ci/providers/gitlab"
FEDERATION = {
    "type": "external_account",
    "audience": f"//iam.googleapis.com/{POOL}",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
}
TOKEN = "ya29.rehearsal-c29tZWJvZHlAZXhhbXBsZS5jb20"
LEFT_OUT = ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "GCE_METADATA_HOST", "GCE_METADATA_IP")


@dataclass
class Outside:
    """The tool as it runs on somebody's machine, whose Google is the test's cloud: no rehearsal, own credentials."""

    tool: Tool
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        led = {k: v for k, v in self.tool.environment.items() if k not in LEFT_OUT}
        own = {"HOME": str(self.home), "TMPDIR": str(self.tool.folder / "tmp"), "NO_GCE_CHECK": "true"}
        own["PROVIDER_MIRROR"] = self.tool.mirror
        return {**led, **own, **self.tool.settings, **more}

    def run(self, action: str = "Validate", **more: str) -> subprocess.CompletedProcess[str]:
        command = self.tool.command(action)
        environment = self.environment(**more)
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60
        )

    def identity(self, **more: str) -> str:
        """What the run says of its credentials, which have to be good."""
        ran = self.run(**more)
        assert ran.returncode == 0, ran.stderr
        (line,) = [line for line in ran.stderr.splitlines() if "✓ credentials: " in line]
        return line

    def write(self, name: str, content: dict[str, Any]) -> str:
        file = self.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
        return str(file)


@pytest.fixture
def outside(standing: Tool, tmp_path: Path) -> Outside:
    home = tmp_path / "home"
    home.mkdir()
    return Outside(standing, home)


@pytest.fixture
def key() -> dict[str, str]:
    """A service account's key, as Google hands it out, made here."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "client_email": ACCOUNT,
        "private_key_id": "1",
        "private_key": text.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }


class Answers(BaseHTTPRequestHandler):
    """A metadata server, and a place that gives subject tokens."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        account = "/computeMetadata/v1/instance/service-accounts/"
        told: Any = {
            "/": "computeMetadata/",
            "/subject": {"id_token": "a-subject-token"},
            account + "default/": {"aliases": ["default"], "email": ACCOUNT, "scopes": ["cloud-platform"]},
            account + f"{ACCOUNT}/token": {"access_token": "ya29.metadata", "expires_in": 3599, "token_type": "Bearer"},
            account + "default/token": {"access_token": "ya29.metadata", "expires_in": 3599, "token_type": "Bearer"},
        }.get(path)
        self.send_response(404 if told is None else 200)
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Type", "text/plain" if isinstance(told, str) else "application/json")
        self.end_headers()
        self.wfile.write((told if isinstance(told, str) else json.dumps(told)).encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Its address, host and port."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
    yield f"127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


def test_a_login_is_found_where_gcloud_writes_it_and_named_by_its_mail(outside: Outside) -> None:
    file = outside.write(".config/gcloud/application_default_credentials.json", LOGIN)
    assert f"somebody@example.com (from {file}), project my-project-1 (number " in outside.identity()


def test_a_login_that_does_not_tell_its_mail_is_called_what_it_is(outside: Outside) -> None:
    outside.write(".config/gcloud/application_default_credentials.json", LOGIN)
    outside.tool.goes_wrong({"match": {"host": "openidconnect.googleapis.com"}, "status": 403, "body": {}})
    assert "your gcloud login" in outside.identity()


def test_a_folder_that_cloudsdk_config_names_is_used_by_terraform_too(outside: Outside) -> None:
    outside.write("from windows/application_default_credentials.json", LOGIN)
    folder = str(outside.home / "from windows")
    assert folder in outside.identity(CLOUDSDK_CONFIG=folder)
    planned = outside.run("Plan", CLOUDSDK_CONFIG=folder)  # Terraform by itself looks below HOME alone
    assert planned.returncode == 0, planned.stderr


def test_a_key_acts_as_its_account(outside: Outside, key: dict[str, str]) -> None:
    file = outside.write("key.json", key)
    assert f"credentials: {ACCOUNT} (from {file})" in outside.identity(GOOGLE_APPLICATION_CREDENTIALS=file)


def test_a_federated_identity_takes_its_token_from_a_file(outside: Outside) -> None:
    token = outside.home / "token"
    token.write_text("a-subject-token")
    file = outside.write("ci.json", {**FEDERATION, "credential_source": {"file": str(token)}})
    said = outside.identity(GOOGLE_APPLICATION_CREDENTIALS=file)
    assert "workload identity workloadIdentityPools/ci/providers/gitlab" in said


def test_a_federated_identity_takes_its_token_from_an_address_and_acts_as_an_account(
    outside: Outside, server: str
) -> None:
    source = {"url": f"http://{server}/subject", "format": {"type": "json", "subject_token_field_name": "id_token"}}
    given = {**FEDERATION, "credential_source": source, "service_account_impersonation_url": IMPERSONATE}
    assert ACCOUNT in outside.identity(GOOGLE_APPLICATION_CREDENTIALS=outside.write("ci.json", given))


def test_a_login_can_act_as_an_account(outside: Outside) -> None:
    given = {
        "type": "impersonated_service_account",
        "service_account_impersonation_url": IMPERSONATE,
        "source_credentials": LOGIN,
        "delegates": [],
    }
    outside.write(".config/gcloud/application_default_credentials.json", given)
    assert ACCOUNT in outside.identity()


@pytest.mark.parametrize("variable", ["GCE_METADATA_HOST", "GCE_METADATA_IP"])
def test_a_google_cloud_machine_has_credentials_of_its_own(outside: Outside, server: str, variable: str) -> None:
    said = outside.identity(NO_GCE_CHECK="", **{"GCE_METADATA_HOST": server, variable: server})
    assert f"credentials: {ACCOUNT} (the metadata server)" in said


def test_where_no_metadata_server_is_the_run_does_not_wait_for_one(outside: Outside) -> None:
    started = time.monotonic()
    ran = outside.run(NO_GCE_CHECK="", GCE_METADATA_HOST="192.0.2.1:80")  # TEST-NET-1: nobody answers there
    assert ran.returncode == 10
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, "expired or revoked"),
        (
            {"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)",
             "error_subtype": "invalid_rapt"},
            "your organisation requires a new login",
        ),
    ],
    ids=["expired", "reauthentication"],
)  # fmt: skip
def test_a_login_that_is_refused_is_found_out_first(outside: Outside, refusal: dict[str, str], words: str) -> None:
    outside.write(".config/gcloud/application_default_credentials.json", LOGIN)
    outside.tool.goes_wrong({"match": {"host": "oauth2.googleapis.com"}, "status": 400, "body": refusal})
    ran = outside.run("Create")
    assert ran.returncode == 10
    assert words in ran.stderr
    assert "gcloud auth application-default login" in ran.stderr


def test_a_key_that_was_deleted_says_what_to_look_at(outside: Outside, key: dict[str, str]) -> None:
    refusal = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    outside.tool.goes_wrong({"match": {"host": "oauth2.googleapis.com"}, "status": 400, "body": refusal})
    ran = outside.run(GOOGLE_APPLICATION_CREDENTIALS=outside.write("key.json", key))
    assert ran.returncode == 10
    assert "Invalid JWT Signature" in ran.stderr
    assert "gcloud iam service-accounts keys list" in ran.stderr


def test_a_federated_identity_without_its_token_says_which_file_is_missing(outside: Outside) -> None:
    given = {**FEDERATION, "credential_source": {"file": "/nowhere/token"}}
    ran = outside.run(GOOGLE_APPLICATION_CREDENTIALS=outside.write("ci.json", given))
    assert ran.returncode == 10
    assert "/nowhere/token" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_quota_project_that_one_may_not_use_is_explained(outside: Outside) -> None:
    outside.write(".config/gcloud/application_default_credentials.json", {**LOGIN, "quota_project_id": "other-1"})
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "USER_PROJECT_DENIED",
        "metadata": {"consumer": "projects/other-1", "service": "compute.googleapis.com"},
    }
    message = "Caller does not have required permission to use project other-1."
    body = {"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED", "details": [info]}}
    outside.tool.goes_wrong({"match": {"host": "compute.googleapis.com"}, "status": 403, "body": body})
    ran = outside.run()
    assert ran.returncode == 11
    assert "gcloud auth application-default set-quota-project" in ran.stderr
    assert "other-1" in ran.stderr


def test_without_credentials_and_without_a_terminal_one_message_has_the_commands(outside: Outside) -> None:
    ran = outside.run("Create")
    assert ran.returncode == 10
    for line in (
        "gcloud auth application-default login",
        "docker run -v ~/.config/gcloud:/root/.config/gcloud",
        "docker run -v %APPDATA%\\gcloud:/root/.config/gcloud",
    ):
        assert line in ran.stderr


def test_a_login_of_gcloud_alone_is_recognised(outside: Outside) -> None:
    outside.write(".config/gcloud/credentials.db", {})
    ran = outside.run()
    assert ran.returncode == 10
    assert "holds a login of gcloud itself" in ran.stderr


@pytest.fixture
def terminal(outside: Outside) -> Iterator[Terminal]:
    started = Terminal(outside.tool.command("Validate"), outside.environment(TERM="dumb", COLUMNS="200"))
    yield started
    started.close()


def test_at_a_terminal_the_run_waits_for_the_login_and_goes_on(outside: Outside, terminal: Terminal) -> None:
    file = outside.home / ".config" / "gcloud" / "application_default_credentials.json"
    terminal.until(f"Waiting for {file}")
    assert "gcloud auth application-default login" in terminal.shown
    outside.write(".config/gcloud/application_default_credentials.json", LOGIN)
    assert terminal.ended() == 0, terminal.shown[-MOST_SHOWN:]
    assert "somebody@example.com" in terminal.shown
    assert "The settings of demo are valid" in terminal.shown


def test_at_a_terminal_ctrl_c_ends_the_waiting(terminal: Terminal) -> None:
    terminal.until("Waiting for ")
    terminal.type(b"\x03")
    assert terminal.ended() == 130
    assert "stopped by SIGINT" in terminal.shown
    assert "Traceback" not in terminal.shown


@pytest.fixture
def alone(tool: Tool, tmp_path: Path) -> Outside:
    """The same with a cloud of its own, for what makes something."""
    home = tmp_path / "home"
    home.mkdir()
    return Outside(tool, home)


def test_an_access_token_is_enough_and_when_it_ends_in_the_middle_the_next_goes_on(alone: Outside) -> None:
    refusal = api_error(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
    state = {"host": "storage.googleapis.com", "path": r"default\.tf(state|lock)", "method": "POST|PUT|DELETE"}
    groups = {"host": "compute.googleapis.com", "path": "instanceGroupManagers", "method": "POST"}
    # Terraform's init writes an empty state under a lock; then apply takes the lock, and a second later all is refused.
    alone.tool.goes_wrong({"match": state, "skip": 4, **refusal}, {"match": groups, **refusal})
    work = alone.tool.folder / "work"
    ended = alone.run("Create", GOOGLE_OAUTH_ACCESS_TOKEN=TOKEN, WORK_DIR=str(work))
    assert ended.returncode == 10, ended.stderr
    assert "✓ credentials: somebody@example.com (from GOOGLE_OAUTH_ACCESS_TOKEN)" in ended.stderr
    assert "an access token has to be a new one" in ended.stderr
    alone.tool.goes_wrong()
    alone.tool.bucket().blob(LOCK).delete()  # as Unlock does
    went_on = alone.run("Create", GOOGLE_OAUTH_ACCESS_TOKEN=TOKEN, WORK_DIR=str(work))
    assert went_on.returncode == 0, went_on.stderr
    assert "taken over" in went_on.stderr
    kept = {str(file): file.read_bytes() for file in work.rglob("*") if file.is_file()}
    kept |= {blob.name: blob.download_as_bytes() for blob in alone.tool.bucket().list_blobs()}
    assert {"demo-terraform.log", "demo-env.list"} <= {name.rpartition("/")[2] for name in kept}
    assert [name for name, content in kept.items() if TOKEN.encode() in content] == []
    assert TOKEN not in ended.stderr + ended.stdout + went_on.stderr + went_on.stdout


def test_an_access_token_that_google_refuses_is_found_out_first(outside: Outside) -> None:
    outside.tool.goes_wrong(
        {"match": {"host": "oauth2.googleapis.com"}, "status": 400, "body": {"error": "invalid_token"}},
        {"match": {"host": "compute.googleapis.com"}, **api_error(401, "Request had invalid authentication")},
    )
    ran = outside.run("Validate", GOOGLE_OAUTH_ACCESS_TOKEN=TOKEN)
    assert ran.returncode == 10
    assert "Google refuses the access token of GOOGLE_OAUTH_ACCESS_TOKEN" in ran.stderr
    assert TOKEN not in ran.stderr
