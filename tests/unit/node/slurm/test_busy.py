"""Calls that a cloud is too busy for, tokens that end, and a metadata server that has none: the same on both clouds."""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from node.slurm_cloud import http, identity
from node.slurm_cloud.http import CallFailed, patiently
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.storage import store_of
from node.slurm_power import kept as kept_state
from node.slurm_power.azure import Azure
from node.slurm_power.cloud import RUNNING, Cloud, Instance
from node.slurm_power.gcp import Gcp
from node.slurm_power.kept import Kept
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.slurm_cloud.place import Place
    from tests.unit.node.slurm.services import Services

GROUP = CLUSTER.pools[0].groups[0]
MIG = "POST /projects/p/zones/z/instanceGroupManagers/vega-hpc-mig"
SET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/vega-hpc-mig"
CALLS = {
    "gcp": {
        "look": f"{MIG}/listManagedInstances",
        "create": f"{MIG}/createInstances",
        "delete": f"{MIG}/deleteInstances",
    },
    "azure": {"look": f"GET {SET}/virtualMachines", "create": f"PATCH {SET}", "delete": f"POST {SET}/delete"},
}
TOKENS = {
    "gcp": "GET /computeMetadata/v1/instance/service-accounts/default/token",
    "azure": "GET /metadata/identity/oauth2/token",
}
WORDS = ("look", "create", "delete")


@pytest.fixture
def cloud(services: Services, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setattr(kept_state, "KEPT_FILE", str(tmp_path / "state.json"))
    settled = {"sku": {"capacity": 0}, "properties": {"provisioningState": "Succeeded"}}
    services.answers |= {f"GET {SET}": (200, settled), f"GET {SET}/instanceView": (200, {"statuses": []})}
    services.answers |= dict.fromkeys(CALLS[place.cloud].values(), (200, {"value": []}))
    if place.cloud == "gcp":
        return Gcp(CLUSTER, Identity(place))
    return Azure(replace(CLUSTER, place={"subscription": "s", "resource_group": "g"}), Identity(place))


def _call(cloud: Cloud, word: str) -> None:
    machine = Instance(GROUP.name, f"{GROUP.name}/7", "vega-hpc-6", RUNNING)
    calls: dict[str, Callable[[], Any]] = {
        "look": lambda: cloud.look([GROUP], Kept()),
        "create": lambda: cloud.create(GROUP, ["vega-hpc-6"], Kept()),
        "delete": lambda: cloud.delete(GROUP, [machine], Kept()),
    }
    calls[word]()


def _count(services: Services, call: str) -> int:
    method, _, path = call.partition(" ")
    return services.paths(method).count(path)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("word", WORDS)
def test_a_busy_cloud_is_asked_once_and_its_wish_is_kept(
    services: Services, cloud: Cloud, place: Place, word: str, status: int
) -> None:
    call = CALLS[place.cloud][word]
    services.answers[call] = (status, {})
    services.headers[call] = {"Retry-After": "37"}
    with pytest.raises(CallFailed) as failed:
        _call(cloud, word)
    assert (failed.value.status, failed.value.is_busy, failed.value.retry_after) == (status, True, 37)
    assert _count(services, call) == 1


def test_a_wish_may_be_a_date(services: Services, cloud: Cloud, place: Place) -> None:
    call = CALLS[place.cloud]["look"]
    services.answers[call] = (429, {})
    services.headers[call] = {"Retry-After": formatdate(time.time() + 90, usegmt=True)}
    with pytest.raises(CallFailed) as failed:
        _call(cloud, "look")
    assert 80 < failed.value.retry_after <= 90


@pytest.mark.parametrize("wish", ["soon", "-5", formatdate(0, usegmt=True)])
def test_a_wish_that_means_nothing_is_none(services: Services, cloud: Cloud, place: Place, wish: str) -> None:
    call = CALLS[place.cloud]["look"]
    services.answers[call] = (429, {})
    services.headers[call] = {"Retry-After": wish}
    with pytest.raises(CallFailed) as failed:
        _call(cloud, "look")
    assert failed.value.retry_after == 0


@pytest.mark.parametrize("word", WORDS)
def test_a_token_that_ended_early_is_replaced_once(services: Services, cloud: Cloud, place: Place, word: str) -> None:
    call = CALLS[place.cloud][word]
    services.answers[call] = [(401, {}), (200, {"value": []})]
    _call(cloud, word)
    assert (_count(services, call), _count(services, TOKENS[place.cloud])) == (2, 2)


@pytest.mark.parametrize("word", WORDS)
def test_a_new_token_that_is_refused_too_is_told_and_says_nothing_of_machines(
    services: Services, cloud: Cloud, place: Place, word: str
) -> None:
    call = CALLS[place.cloud][word]
    services.answers[call] = (401, {"error": {"code": "InvalidAuthenticationToken", "message": "expired"}})
    with pytest.raises(CallFailed, match="HTTP 401") as failed:
        _call(cloud, word)
    assert failed.value.is_busy
    assert (_count(services, call), _count(services, TOKENS[place.cloud])) == (2, 2)


@pytest.mark.parametrize("status", [401, 404])
def test_what_the_store_is_read_with_is_replaced_too(services: Services, place: Place, status: int) -> None:
    store = store_of(place, Identity(place))
    name = "tfstate" if place.cloud == "azure" else "b"
    path = "/tfstate/clusters/vega/x" if name == "tfstate" else "/storage/v1/b/state/o/clusters/vega/x"
    services.answers[f"GET {path}"] = [(status, {}), (200, b"content")]
    assert store.read("x") == (b"content" if status == 401 else None)


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_a_metadata_server_without_a_token_is_no_answer_of_the_cloud(
    services: Services, cloud: Cloud, place: Place, status: int
) -> None:
    services.answers[TOKENS[place.cloud]] = (status, {"error": "unavailable"})
    services.headers[TOKENS[place.cloud]] = {"Retry-After": "5"}
    with pytest.raises(CallFailed, match=f"asking for a token: .*HTTP {status}") as failed:
        _call(cloud, "create")
    assert (failed.value.status, failed.value.is_busy, failed.value.retry_after) == (0, True, 5)
    assert services.bodies("POST") == services.bodies("PATCH") == []


@pytest.mark.parametrize(
    "told", [b"<html>", {}, {"access_token": "t"}, {"access_token": "t", "expires_in": "soon"}, []]
)
def test_an_answer_of_the_metadata_server_without_a_token_is_told(
    services: Services, cloud: Cloud, place: Place, told: object
) -> None:
    services.answers[TOKENS[place.cloud]] = (200, told)
    with pytest.raises(CallFailed, match="the metadata server's answer holds none"):
        _call(cloud, "look")


def test_a_metadata_server_that_is_slow_is_waited_for_and_one_that_hangs_is_not(
    services: Services, cloud: Cloud, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SECONDS", 0.05)
    services.hangs.add(TOKENS[place.cloud])
    with pytest.raises(CallFailed, match="timed out") as failed:
        _call(cloud, "look")
    assert failed.value.is_busy
    services.hangs.clear()
    monkeypatch.setattr(http, "SECONDS", 10)
    services.answers[TOKENS[place.cloud]] = (200, TOKEN)
    _call(cloud, "look")


def test_a_token_is_asked_for_anew_shortly_before_it_ends(
    services: Services, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(identity.time, "time", lambda: now[0])
    mine = Identity(place)
    for now[0] in (1000.0, 1000.0 + 3600 - identity.EARLY - 1, 1000.0 + 3600 - identity.EARLY):
        mine.token()
    assert _count(services, TOKENS[place.cloud]) == 2


def test_whoever_is_patient_waits_for_as_long_as_the_cloud_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(http.time, "sleep", slept.append)
    answers: list[CallFailed | str] = [CallFailed("GET", 429, retry_after=20), "it"]

    def call() -> str:
        if isinstance(found := answers.pop(0), CallFailed):
            raise found
        return found

    assert patiently(60, call) == "it"
    assert 20 <= slept[0] <= 21


def test_whoever_is_patient_does_not_wait_beyond_the_limit() -> None:
    def refused() -> None:
        raise CallFailed("GET", 429, retry_after=61)

    with pytest.raises(CallFailed):
        patiently(60, refused)
