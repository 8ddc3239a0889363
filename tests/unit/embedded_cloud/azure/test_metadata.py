"""The instance metadata service answers a machine of Azure's as the real one does."""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from embedded_cloud.azure.machines.metadata import VERSIONS, answer
from embedded_cloud.azure.machines.platform import AzurePlatform
from embedded_cloud.azure.tokens import claims_of
from embedded_cloud.exchange import Answer, Request
from embedded_cloud.machines.base import Instance
from embedded_cloud.machines.metadata_server import MetadataServer
from embedded_cloud.machines.platform import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "/subscriptions/s1/resourceGroups/g1/providers"
SET = f"{GROUP}/Microsoft.Compute/virtualMachineScaleSets/train"
FIRST = {"clientId": "c1", "principalId": "p1"}
KEY = {"path": "/home/ops/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAA me"}
PROPERTIES: dict[str, Any] = {
    "resource": f"{SET}/virtualMachines/0",
    "name": "train_0",
    "location": "westeurope",
    "zone": "1",
    "tags": {"team": "vision", "x-y": "z"},
    "hardwareProfile": {"vmSize": "Standard_ND96isr_H200_v5"},
    "osProfile": {"adminUsername": "ops", "linuxConfiguration": {"ssh": {"publicKeys": [KEY]}}},
    "storageProfile": {"imageReference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"}},
    "identity": {"userAssignedIdentities": {f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/one": FIRST}},
    "subnet": "10.0.0.0/24",
    "macAddress": "000D3AABCDEF",
}
INSTANCE = Instance("s1", "westeurope-1", "vm-000000", "vm-id-1", "b", PROPERTIES, SET)
ASKING = {"metadata": "true"}
NOW = {"api-version": "2021-02-01"}


def ask(path: str, headers: dict[str, str] | None = None, instance: Instance = INSTANCE, **query: str) -> Answer:
    return ask_without_version(f"{path}?{urlencode({**NOW, **query})}", headers, instance)


def ask_without_version(target: str, headers: dict[str, str] | None = None, instance: Instance = INSTANCE) -> Answer:
    request = Request.of("GET", "169.254.169.254", target, ASKING if headers is None else headers, b"")
    return answer(instance, "172.18.128.2", request)


def told(found: Answer, status: int = 200) -> Any:
    assert found.status == status, found.body
    return json.loads(found.body)


def test_a_machine_learns_who_it_is() -> None:
    compute = told(ask("/metadata/instance"))["compute"]
    assert compute["vmId"] == "vm-id-1"
    assert compute["osProfile"]["computerName"] == "vm-000000"
    assert (compute["name"], compute["vmScaleSetName"], compute["resourceGroupName"]) == ("train_0", "train", "g1")
    assert (compute["vmSize"], compute["location"], compute["zone"]) == ("Standard_ND96isr_H200_v5", "westeurope", "1")
    assert compute["tags"] == "team:vision;x-y:z"
    assert compute["tagsList"][0] == {"name": "team", "value": "vision"}
    assert compute["publicKeys"] == [KEY]
    assert compute["platformFaultDomain"] == "0"


def test_it_learns_the_address_that_it_has_in_truth() -> None:
    (card,) = told(ask("/metadata/instance/network"))["interface"]
    assert card["ipv4"]["ipAddress"][0]["privateIpAddress"] == "172.18.128.2"
    assert card["ipv4"]["subnet"] == [{"address": "10.0.0.0", "prefix": "24"}]


def test_one_value_can_be_had_as_text_alone() -> None:
    found = ask("/metadata/instance/compute/vmId", format="text")
    assert (found.status, found.body) == (200, b"vm-id-1")
    assert ("Content-Type", "text/plain; charset=utf-8") in found.headers
    assert ask("/metadata/instance/compute/vmId").status == 400
    assert ask("/metadata/instance/compute/tagsList/1/name", format="text").body == b"x-y"
    assert ask("/metadata/instance/network", format="text").body == b"interface/"
    assert ask("/metadata/instance/compute/none").status == 404


def test_without_the_header_or_a_version_or_through_a_proxy_nothing_is_told() -> None:
    assert "Required metadata header" in told(ask("/metadata/instance", {}), 400)["error"]
    assert "X-Forwarded-For" in told(ask("/metadata/instance", {**ASKING, "x-forwarded-for": "1.2.3.4"}), 400)["error"]
    missing = told(ask_without_version("/metadata/instance"), 400)
    assert missing["newest-versions"] == VERSIONS[-3:]
    assert told(ask_without_version("/metadata/versions"))["apiVersions"] == VERSIONS


def test_its_only_identity_gets_a_token_that_roles_know() -> None:
    grant = told(ask("/metadata/identity/oauth2/token", resource="https://storage.azure.com/"))
    claims = claims_of(grant["access_token"])
    assert claims is not None
    assert (claims["oid"], claims["appid"], claims["aud"]) == ("p1", "c1", "https://storage.azure.com/")
    assert (grant["client_id"], grant["token_type"]) == ("c1", "Bearer")
    assert int(grant["expires_on"]) > int(grant["not_before"])


def test_of_several_identities_one_has_to_be_named() -> None:
    both = {"userAssignedIdentities": {"/one": FIRST, "/two": {"clientId": "c2", "principalId": "p2"}}}
    machine = Instance("s1", "z", "n", "i", "b", {**PROPERTIES, "identity": both}, SET)
    path, resource = "/metadata/identity/oauth2/token", "https://storage.azure.com/"
    assert "Multiple user assigned" in told(ask(path, instance=machine, resource=resource), 400)["error_description"]
    for named in ({"client_id": "c2"}, {"mi_res_id": "/TWO"}):
        grant = told(ask(path, instance=machine, resource=resource, **named))
        assert (claims_of(grant["access_token"]) or {})["oid"] == "p2"
    unknown = told(ask(path, instance=machine, resource=resource, client_id="c9"), 400)
    assert unknown["error_description"] == "Identity not found"
    assert told(ask(path), 400)["error"] == "invalid_request"


@pytest.fixture
def server() -> Iterator[MetadataServer]:
    made = MetadataServer(("127.0.0.1", 0), {"127.0.0.1": Asker(INSTANCE, "172.18.128.2", AzurePlatform())}.get)
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_the_server_knows_by_its_address_whose_machine_asks(server: MetadataServer) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    client.request("GET", "/metadata/instance?api-version=2021-02-01", headers={"Metadata": "True"})
    got = client.getresponse()
    assert json.loads(got.read())["compute"]["vmId"] == "vm-id-1"
    assert got.getheader("Metadata-Flavor") is None
    client.request("GET", "/computeMetadata/v1/instance/id", headers={"Metadata-Flavor": "Google"})
    assert client.getresponse().status == 404
