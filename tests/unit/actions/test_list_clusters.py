"""List: what the states of a bucket tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.actions.list_clusters import list_clusters, list_text, look_for_clusters
from cluster_provision.errors import PermissionDenied, SettingsError, Unreachable
from cluster_provision.price import Price
from cluster_provision.result import Result
from cluster_provision.state.base import StateFacts
from cluster_provision.state.beside import beside, folder_of
from cluster_provision.state.price import keep_price, kept_price
from tests.unit.state.kit import LOCK, Store

PRICE = Price(Decimal("1.5"), (("2 x n1-standard-8", Decimal("1.4")), ("disks", Decimal("0.1"))), at_most=True)
SETTLED = StateFacts(exists=True, resources=3, ours=True, zone="us-central1-a", settled=True)


class Bucket(Store):
    """A cluster's store, with a claim and texts."""

    place = "gs://b/"

    def __init__(self, name: str, facts: StateFacts) -> None:
        super().__init__()
        self.deployment = f"{name}-deployment"
        self.state = facts
        self.texts: dict[str, str] = {}
        self.others: list[Bucket] = []

    def claimed_at(self) -> datetime | None:
        return datetime.now(UTC) - timedelta(hours=5)

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> None:
        self.texts[name] = text

    def remove(self, name: str) -> None:
        self.texts.pop(name, None)

    def clusters(self) -> list[Bucket]:
        return self.others


def listed(*stores: Bucket) -> Result:
    own = Bucket("own", StateFacts())
    own.others = list(stores)
    result = Result("list")
    run: Any = SimpleNamespace(
        target=SimpleNamespace(store=lambda: own), result=result, progress=SimpleNamespace(conclude=lambda _: None)
    )
    look_for_clusters(run)
    return result


def test_each_cluster_is_told_with_state_place_age_and_price() -> None:
    store = Bucket("vega", SETTLED)
    keep_price(store, PRICE)  # type: ignore[arg-type]
    (found,) = listed(store).clusters or []
    assert (found.name, found.state, found.place) == ("vega", "created", "us-central1-a")
    assert found.price == PRICE
    heading, row, _, total = list_text([found], "gs://b/").splitlines()
    assert dict(zip(heading.split("  "), row.split("  "), strict=False))["NAME"] == "vega"
    assert "5 h" in row and "<=1.50" in row
    assert total == "1 cluster, 1.50 USD an hour"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (SETTLED, "created"),
        (replace(SETTLED, settled=False), "unfinished"),
        (replace(SETTLED, unfinished=True), "unfinished"),
        (replace(SETTLED, ours=False), "foreign"),
        (StateFacts(exists=True, ours=True), "empty"),
    ],
)
def test_the_state_is_what_the_state_tells(facts: StateFacts, state: str) -> None:
    (found,) = listed(Bucket("vega", facts)).clusters or []
    assert found.state == state


def test_a_lock_is_named_and_an_unknown_price_never_counts_as_none() -> None:
    store = Bucket("vega", SETTLED)
    store.held = LOCK
    (found,) = listed(store).clusters or []
    assert found.locked_by == "root@elsewhere"
    assert list_text([found], "gs://b/").splitlines()[-1].endswith("without 1 whose price isn't known")


def test_what_could_not_be_looked_at_is_unknown_and_fails() -> None:
    refused = Bucket("vega", SETTLED)
    refused.fails = PermissionDenied("you may not read it")
    result = listed(refused, Bucket("lyra", SETTLED))
    assert [(each.name, each.state) for each in result.clusters or []] == [("vega", "unknown"), ("lyra", "created")]
    assert isinstance(result.error, Unreachable)
    assert "vega: you may not read it" in result.error.message


def test_where_there_is_none_that_is_said() -> None:
    assert list_text([], "gs://b/") == "There is no cluster at gs://b/."


def test_machines_that_exist_keep_their_state_themselves() -> None:
    run: Any = SimpleNamespace(target=SimpleNamespace(provisioner="ssh"))
    with pytest.raises(SettingsError, match="CLOUD=existing"):
        list_clusters(run)


def test_only_folders_of_clusters_beside_this_one_count() -> None:
    store = SimpleNamespace(deployment="teams/ml/vega-deployment")
    assert folder_of(store.deployment) == "teams/ml/"
    found = beside(store, ["teams/ml/vega-deployment/", "teams/ml/vega-results/", "teams/ml/lyra-deployment/"])
    assert [each.deployment for each in found] == ["teams/ml/lyra-deployment", "teams/ml/vega-deployment"]


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"hourly": 1}', '{"hourly": "x", "of": [], "at_most": false}'])
def test_a_price_that_can_not_be_read_is_unknown(text: str) -> None:
    store = Bucket("vega", SETTLED)
    store.texts["price.json"] = text
    assert kept_price(store) is None  # type: ignore[arg-type]


def test_a_create_that_knows_no_price_keeps_none_of_an_earlier_one() -> None:
    store = Bucket("vega", SETTLED)
    keep_price(store, PRICE)  # type: ignore[arg-type]
    keep_price(store, None)  # type: ignore[arg-type]
    assert kept_price(store) is None  # type: ignore[arg-type]
