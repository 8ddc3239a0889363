"""The metadata server answers a machine as Compute Engine's does."""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.exchange import Request
from embedded_cloud.google import tokens
from embedded_cloud.google.machines.platform import GooglePlatform
from embedded_cloud.machines.base import Instance
from embedded_cloud.machines.metadata_server import MetadataServer
from embedded_cloud.machines.platform import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator

V1 = "/computeMetadata/v1"
GOOGLE = {"Metadata-Flavor": "Google"}
INSTANCE = Instance(
    project="ml-one",
    zone="us-central1-a",
    name="train-vm-x1y2",
    id="1234567890123456789",
    boot_id="b-1",
    properties={
        "machineType": "a2-highgpu-2g",
        "metadata": {
            "items": [
                {"key": "startup-script", "value": "#!/bin/sh\necho 'hi'\n"},
                {"key": "cluster-config", "value": '{"schema":1}'},
                {"key": "enable-guest-attributes", "value": "TRUE"},
            ]
        },
        "serviceAccounts": [{"email": "node@ml-one.iam", "scopes": ["https://scope/one", "https://scope/two"]}],
    },
    group_key="g",
)


class Client:
    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        return self.ask("GET", path, headers=GOOGLE if headers is None else headers)

    def ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] = GOOGLE) -> tuple[int, str]:
        self._connection.request(method, path, body, headers)
        self.answer = self._connection.getresponse()
        return self.answer.status, self.answer.read().decode()


@pytest.fixture
def askers() -> dict[str, Asker]:
    return {"127.0.0.1": Asker(INSTANCE, "172.30.0.7", GooglePlatform())}


@pytest.fixture
def client(askers: dict[str, Asker]) -> Iterator[Client]:
    server = MetadataServer(("127.0.0.1", 0), askers.get)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("instance/name", "train-vm-x1y2"),
        ("instance/id", "1234567890123456789"),
        ("instance/hostname", "train-vm-x1y2.us-central1-a.c.ml-one.internal"),
        ("instance/attributes/startup-script", "#!/bin/sh\necho 'hi'\n"),
        ("instance/network-interfaces/0/ip", "172.30.0.7"),
        ("instance/service-accounts/default/email", "node@ml-one.iam"),
        ("instance/service-accounts/default/scopes", "https://scope/one\nhttps://scope/two\n"),
        ("instance/attributes/", "startup-script\ncluster-config\nenable-guest-attributes\n"),
        ("instance/service-accounts/", "default/\nnode@ml-one.iam/\n"),
        ("project/project-id", "ml-one"),
    ],
)
def test_a_value_is_answered_as_plain_text(client: Client, path: str, value: str) -> None:
    assert client.get(f"{V1}/{path}") == (200, value)
    assert client.answer.headers["Metadata-Flavor"] == "Google"


def test_zone_and_number_agree(client: Client) -> None:
    number = client.get(f"{V1}/project/numeric-project-id")[1]
    assert client.get(f"{V1}/instance/zone") == (200, f"projects/{number}/zones/us-central1-a")


def test_all_attributes_come_as_json_with_their_own_keys(client: Client) -> None:
    status, body = client.get(f"{V1}/instance/attributes/?recursive=true&alt=json")
    assert status == 200
    assert client.answer.headers["Content-Type"] == "application/json"
    assert json.loads(body) == INSTANCE.metadata


def test_the_whole_instance_comes_as_json_in_camel_case(client: Client) -> None:
    told = json.loads(client.get(f"{V1}/instance/?recursive=true")[1])
    assert told["id"] == int(INSTANCE.id)
    assert told["machineType"].endswith("/machineTypes/a2-highgpu-2g")
    assert told["networkInterfaces"][0]["ip"] == "172.30.0.7"
    assert told["attributes"]["cluster-config"] == '{"schema":1}'
    assert told["serviceAccounts"]["default"]["scopes"] == ["https://scope/one", "https://scope/two"]


def test_the_token_is_the_machines_own_service_accounts(client: Client) -> None:
    status, body = client.get(f"{V1}/instance/service-accounts/default/token")
    grant = json.loads(body)
    asked = Request("GET", "storage.googleapis.com", "/", headers={"authorization": f"Bearer {grant['access_token']}"})
    assert status == 200
    assert grant["token_type"] == "Bearer"
    assert tokens.who(asked) == "node@ml-one.iam"


@pytest.mark.parametrize("path", ["instance/nothing", "instance/attributes/none", "instance/service-accounts/x/token"])
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(f"{V1}/{path}")[0] == 404


def test_a_machine_without_a_service_account_has_no_token(client: Client, askers: dict[str, Asker]) -> None:
    bare = Instance("p", "us-central1-a", "n", "1", "b", {}, "g")
    askers["127.0.0.1"] = Asker(bare, "172.30.0.8", GooglePlatform())
    assert client.get(f"{V1}/instance/service-accounts/default/token")[0] == 404


def test_a_directory_without_its_slash_is_redirected(client: Client) -> None:
    assert client.get(f"{V1}/instance/attributes?recursive=true")[0] == 301
    assert client.answer.headers["Location"].endswith("/instance/attributes/?recursive=true")


@pytest.mark.parametrize("headers", [{}, {"Metadata-Flavor": "Azure"}, {**GOOGLE, "X-Forwarded-For": "10.0.0.1"}])
def test_a_request_that_may_have_been_relayed_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.get(f"{V1}/instance/name", headers)[0] == 403


def test_a_machine_that_is_not_known_yet_is_told_to_ask_again(client: Client, askers: dict[str, Asker]) -> None:
    askers.clear()
    assert client.get(f"{V1}/instance/attributes/startup-script")[0] == 503


def test_a_guest_attribute_is_kept(client: Client) -> None:
    path = f"{V1}/instance/guest-attributes/hostkeys/ssh-ed25519"
    assert client.ask("PUT", path, "AAAA")[0] == 200
    assert client.get(path) == (200, "AAAA")


def test_guest_attributes_need_the_machines_consent(client: Client, askers: dict[str, Asker]) -> None:
    askers["127.0.0.1"] = Asker(Instance("p", "us-central1-a", "n", "1", "b", {}, "g"), "172.30.0.8", GooglePlatform())
    assert client.ask("PUT", f"{V1}/instance/guest-attributes/a/b", "x")[0] == 403


def test_metadata_that_changes_is_what_the_machine_reads_next(askers: dict[str, Asker], client: Client) -> None:
    now = {"ssh-keys": "ann:ssh-ed25519 AAAA"}
    askers["127.0.0.1"] = Asker(INSTANCE, "172.30.0.7", GooglePlatform(lambda instance: now))
    assert client.get(f"{V1}/instance/attributes/ssh-keys") == (200, "ann:ssh-ed25519 AAAA")
    now["ssh-keys"] = "bob:ssh-ed25519 BBBB"
    assert client.get(f"{V1}/instance/attributes/ssh-keys") == (200, "bob:ssh-ed25519 BBBB")


def test_who_waits_for_a_change_gets_it(askers: dict[str, Asker], client: Client) -> None:
    looks = iter([{"a": "1"}] * 3)
    askers["127.0.0.1"] = Asker(INSTANCE, "172.30.0.7", GooglePlatform(lambda instance: next(looks, {"a": "2"})))
    client.get(f"{V1}/instance/attributes/?recursive=true")
    known = client.answer.getheader("ETag")
    waiting = f"wait_for_change=true&timeout_sec=20&last_etag={known}"
    assert client.get(f"{V1}/instance/attributes/?recursive=true&{waiting}") == (200, '{"a": "2"}')
    assert client.answer.getheader("ETag") != known
