"""Objects in the state store, by a machine's own identity."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import MANAGEMENT, Identity
from node.slurm_cloud.storage import store_of
from tests.unit.node.slurm.services import AZURE, GOOGLE, TOKEN

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place
    from tests.unit.node.slurm.services import Services

READ = {
    "gcp": "GET /storage/v1/b/state/o/clusters/vega/slurm/munge.key",
    "azure": "GET /tfstate/clusters/vega/slurm/munge.key",
}
WRITE = {"gcp": "POST /upload/storage/v1/b/state/o", "azure": "PUT /tfstate/clusters/vega/slurm/munge.key"}
WRITTEN = {"gcp": 200, "azure": 201}
TAKEN = {"gcp": 412, "azure": 409}


def test_an_object_is_read_with_the_machines_own_token(services: Services, place: Place) -> None:
    services.answers[READ[place.cloud]] = (200, b"the key")
    assert store_of(place, Identity(place)).read("slurm/munge.key") == b"the key"
    assert services.asked[-1][2]["authorization"] == "Bearer node-token"


def test_an_object_that_is_not_there_is_none(services: Services, place: Place) -> None:
    assert store_of(place, Identity(place)).read("slurm/munge.key") is None


def test_a_refusal_is_no_absence(services: Services, place: Place) -> None:
    services.answers[READ[place.cloud]] = (403, {"error": {"code": 403, "message": "no right"}})
    with pytest.raises(CallFailed, match="HTTP 403"):
        store_of(place, Identity(place)).read("slurm/munge.key")


def test_an_object_is_written_byte_for_byte(services: Services, place: Place) -> None:
    services.answers[WRITE[place.cloud]] = (WRITTEN[place.cloud], {})
    assert store_of(place, Identity(place)).write("slurm/munge.key", b"the\nkey")
    method, target, headers, body = services.asked[-1]
    assert body == b"the\nkey"
    if place.cloud == "gcp":
        assert parse_qs(urlsplit(target).query)["name"] == ["clusters/vega/slurm/munge.key"]
    else:
        assert (method, headers["x-ms-blob-type"]) == ("PUT", "BlockBlob")


def test_one_that_is_there_is_left_alone_where_only_a_new_one_is_wanted(services: Services, place: Place) -> None:
    services.answers[WRITE[place.cloud]] = (TAKEN[place.cloud], {})
    assert not store_of(place, Identity(place)).write("slurm/munge.key", b"mine", only_new=True)
    _, target, headers, _ = services.asked[-1]
    assert "ifGenerationMatch=0" in target or headers["if-none-match"] == "*"


def test_a_token_is_asked_for_once_while_it_is_good(services: Services, place: Place) -> None:
    store = store_of(place, Identity(place))
    store.read("a")
    store.read("b")
    assert len([each for each in services.paths("GET") if each.endswith("token")]) == 1


def test_a_token_that_ends_soon_is_asked_for_anew(services: Services) -> None:
    services.answers["GET /metadata/identity/oauth2/token"] = (200, {**TOKEN, "expires_in": "60"})
    identity = Identity(AZURE)
    identity.token()
    identity.token()
    assert len(services.asked) == 2


def test_an_azure_token_is_for_one_thing_and_one_identity(services: Services) -> None:
    Identity(AZURE).token(MANAGEMENT)
    query = parse_qs(urlsplit(services.asked[-1][1]).query)
    assert (query["resource"], query["msi_res_id"]) == (["https://management.azure.com/"], ["/the/identity"])


def test_no_token_is_in_an_error_or_a_representation(services: Services) -> None:
    identity = Identity(GOOGLE)
    identity.token()
    services.answers[READ["gcp"]] = (403, {"error": {"message": "no"}})
    with pytest.raises(CallFailed) as refused:
        store_of(GOOGLE, identity).read("slurm/munge.key")
    assert "node-token" not in f"{identity!r} {refused.value}"
