"""The embedded cloud as its clients meet it: through the door, with a run's environment, by real clients."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from google.api_core.exceptions import Conflict, NotFound, PreconditionFailed
from google.cloud import storage

from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.process import take_hold
from tests.integration.backends import Module, one_gets_the_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = "p-123456"
BUCKET = "state-bucket"
SIGNED = {"Authorization": "Bearer made-up"}
STATE = "x-deployment/terraform/state"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A rehearsal's environment; its folder."""
    monkeypatch.setenv("PROJECT_ID", PROJECT)
    monkeypatch.setenv("TERRAFORM_GCS_PATH", f"gs://{BUCKET}/dir")
    monkeypatch.setenv("PROVIDER_MIRROR", str(tmp_path / "none"))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", "")
    said: list[str] = []
    with rehearse("plan", tmp_path / "cloud", os.environ, said.append):
        yield tmp_path / "cloud"
    assert said[0].startswith("Rehearsed: nothing real was created.")


def client() -> storage.Client:
    return storage.Client(project=PROJECT)


def root_module(folder: Path) -> Module:
    return Module.made(folder, ("gcs", {"bucket": BUCKET, "prefix": STATE}))


def test_every_host_that_no_cloud_has_is_refused_with_a_plain_message(run: Path) -> None:
    for address in ("https://registry.terraform.io/", "https://example.com/"):
        with pytest.raises(requests.exceptions.ProxyError, match="is not part of the embedded cloud"):
            requests.get(address, timeout=5)
    plain = requests.get("http://example.com/", timeout=5)
    assert (plain.status_code, "not part of the embedded cloud" in plain.text) == (403, True)


def test_terraform_says_why_a_registry_does_not_answer(run: Path, tmp_path: Path) -> None:
    text = 'terraform {\n  required_providers {\n    null = { source = "hashicorp/null" }\n  }\n}\n'
    (tmp_path / "main.tf").write_text(text)
    done = Module(tmp_path).run("init", "-input=false")
    assert done.returncode != 0
    assert "registry.terraform.io is not part of the embedded cloud" in " ".join(done.stderr.split())


def test_many_requests_go_over_one_connection_without_waits(run: Path) -> None:
    with requests.Session() as session:
        session.headers.update(SIGNED)
        address = f"https://storage.googleapis.com/storage/v1/b/{BUCKET}"
        session.get(address, timeout=5)
        began = time.monotonic()
        answers = [session.get(address, timeout=5) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {200}
    assert time.monotonic() - began < 50 * 0.04  # a delayed acknowledgement takes 40 ms each


def test_a_body_in_chunks_is_read_whole(run: Path) -> None:
    address = f"https://storage.googleapis.com/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=o"
    for _ in range(2):
        sent = requests.post(address, data=iter([b"abc", b"def"]), headers=SIGNED, timeout=5)
        assert sent.json()["size"] == "6"


def test_a_connection_that_a_rule_cuts_is_cut(run: Path) -> None:
    (run / "scenario.json").write_text(json.dumps({"rules": [{"match": {"path": "cut"}, "status": 0}]}))
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get("https://storage.googleapis.com/storage/v1/b/cut", headers=SIGNED, timeout=5)


def test_only_who_has_the_authoritys_file_trusts_the_door(run: Path) -> None:
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    connection = http.client.HTTPSConnection(
        str(proxy.hostname), proxy.port, context=ssl.create_default_context(cafile=requests.certs.where()), timeout=5
    )
    connection.set_tunnel("storage.googleapis.com")
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")


def test_the_storage_client_makes_writes_lists_and_deletes(run: Path) -> None:
    bucket = client().create_bucket("bucket-a", location="us-central1")
    blob = bucket.blob("d/nodes/n.json")
    blob.metadata = {"status": "ready"}
    blob.upload_from_string("{}", content_type="application/json", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.blob("d/nodes/n.json").upload_from_string("{}", if_generation_match=0)
    listed = client().list_blobs("bucket-a", prefix="d/nodes/", fields="items(name,metadata),nextPageToken")
    assert [(each.name, each.metadata) for each in listed] == [("d/nodes/n.json", {"status": "ready"})]
    with pytest.raises(Conflict):
        bucket.delete()
    blob.delete()
    bucket.delete()
    with pytest.raises(NotFound):
        client().get_bucket("bucket-a")


def test_large_files_go_up_and_down_in_pieces(run: Path) -> None:
    data = os.urandom(3 * 1024 * 1024 + 17)
    blob = client().bucket(BUCKET).blob("large")
    blob.chunk_size = 256 * 1024
    blob.upload_from_string(data)
    assert client().bucket(BUCKET).blob("large").download_as_bytes() == data


def test_objects_go_in_a_batch(run: Path) -> None:
    bucket = client().bucket(BUCKET)
    blobs = [bucket.blob(f"p/{number}") for number in range(3)]
    for blob in blobs:
        blob.upload_from_string("x")
    talker = client()
    with talker.batch():
        for blob in blobs:
            talker.bucket(BUCKET).blob(blob.name).delete()
    assert list(talker.list_blobs(BUCKET, prefix="p/")) == []


def test_terraform_keeps_its_state_and_a_second_folder_finds_it(run: Path, tmp_path: Path) -> None:
    first = root_module(tmp_path / "first")
    assert first.run("apply", "-auto-approve").returncode == 0
    second = root_module(tmp_path / "second")
    assert second.run("state", "list").stdout.strip() == "terraform_data.one"
    assert second.run("plan", "-detailed-exitcode").returncode == 0
    assert second.run("destroy", "-auto-approve").returncode == 0
    names = [blob.name for blob in client().list_blobs(BUCKET)]
    assert names == [f"{STATE}/default.tfstate"]


def test_a_state_larger_than_one_piece_is_kept(run: Path, tmp_path: Path) -> None:
    module = root_module(tmp_path / "module")
    more = f'resource "terraform_data" "large" {{ input = "{"x" * (17 * 1024 * 1024)}" }}\n'
    (module.folder / "large.tf").write_text(more)
    assert module.run("apply", "-auto-approve").returncode == 0
    state = client().bucket(BUCKET).get_blob(f"{STATE}/default.tfstate")
    assert state is not None
    assert state.size > 17 * 1024 * 1024


def test_of_six_applies_at_once_one_holds_the_lock_and_the_others_are_told_by_whom(run: Path, tmp_path: Path) -> None:
    told = one_gets_the_lock([root_module(tmp_path / str(number)) for number in range(6)], tmp_path / "go")
    assert len(told) == 5
    assert all("Error acquiring the state lock" in errors and "412" in errors for errors in told)


def test_a_lock_that_was_left_is_opened_by_its_generation(run: Path, tmp_path: Path) -> None:
    module = root_module(tmp_path / "module")
    module.leaves_its_lock(tmp_path / "go")
    lock = client().bucket(BUCKET).get_blob(f"{STATE}/default.tflock")
    assert lock is not None
    assert module.run("plan").returncode == 1
    assert module.run("force-unlock", "-force", str(lock.generation)).returncode == 0
    assert module.run("apply", "-auto-approve").returncode == 0


def test_what_one_run_made_the_next_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_MIRROR", str(tmp_path))
    for expected in (404, 200):
        with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
            address = "https://storage.googleapis.com/storage/v1/b/kept-bucket"
            assert requests.get(address, headers=SIGNED, timeout=5).status_code == expected
            if expected == 404:
                client().create_bucket("kept-bucket")


def test_a_killed_cloud_has_lost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_MIRROR", str(tmp_path))
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        client().create_bucket("kept-bucket").blob("o").upload_from_string("kept")
        os.kill(json.loads((tmp_path / "cloud" / "cloud.json").read_text())["pid"], 9)
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        assert client().bucket("kept-bucket").blob("o").download_as_bytes() == b"kept"


def test_the_cloud_ends_once_the_last_of_its_runs_has_let_go(tmp_path: Path) -> None:
    first = take_hold(tmp_path)
    second = take_hold(tmp_path)
    assert first.port == second.port
    process = process_of(tmp_path)
    first.let_go()
    assert second.ask("GET", "/holders") == {"holders": 1}
    second.let_go()
    wait_for_the_end(process)
    assert not (tmp_path / "cloud.json").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", second.port), timeout=1)


def process_of(folder: Path) -> int:
    return int(json.loads((folder / "cloud.json").read_text())["pid"])


def wait_for_the_end(process: int) -> None:
    """Until the process is gone, or is but an entry that its parent hasn't read yet."""
    deadline = time.monotonic() + 10
    stat = Path(f"/proc/{process}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "the cloud's process is still there"
        time.sleep(0.02)


def test_a_cloud_whose_run_was_killed_ends_too(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from cluster_provision.rehearsal.process import take_hold;"
        "up = take_hold(Path(sys.argv[1])); print(up.port, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert int(owner.stdout.readline())
        process = process_of(tmp_path)
        owner.kill()
    wait_for_the_end(process)
