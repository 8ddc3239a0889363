"""The networks of a rehearsal beside those of others."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, cast

import pytest

from embedded_cloud.engine import names, networks
from embedded_cloud.errors import CloudError
from tests.unit.embedded_cloud.engine.stub_engine import Engine, Network

BOTH = [names.CLUSTER_NETWORK, names.METADATA_NETWORK]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "ANOTHERS_SECONDS", 0)


def ensure(engine: Engine) -> ExitStack:
    undo = ExitStack()
    networks.ensure(cast("Any", engine), undo)
    return undo


def test_a_network_whose_name_only_begins_alike_is_another() -> None:
    engine = Engine()
    engine.all_networks.append(Network(engine, f"{names.METADATA_NETWORK}-of-mine", {}))
    ensure(engine)
    assert set(BOTH) < {network.name for network in engine.all_networks}


@pytest.mark.parametrize("name", BOTH)
def test_a_network_of_somebody_elses_with_our_name_is_named_and_left_alone(name: str) -> None:
    engine = Engine()
    engine.all_networks.append(Network(engine, name, {}))
    with pytest.raises(CloudError, match=rf"{name}.*isn't a rehearsal's") as refused:
        ensure(engine)
    assert "docker network rm" in refused.value.advice
    assert name in {network.name for network in engine.all_networks}


def test_the_network_that_has_the_metadata_servers_addresses_is_named() -> None:
    engine = Engine()
    engine.all_networks.append(Network(engine, "ecs-metadata", {}, subnet=names.METADATA_SUBNET))
    with pytest.raises(CloudError, match="ecs-metadata has the addresses") as refused:
        ensure(engine)
    assert "docker network rm ecs-metadata" in refused.value.advice


def test_what_was_made_is_undone_and_what_was_found_is_not() -> None:
    engine = Engine()
    made = ensure(engine)
    ensure(engine).close()
    assert sorted(network.name for network in engine.all_networks) == BOTH
    made.close()
    assert engine.all_networks == []


def test_undoing_leaves_a_network_that_another_run_uses_by_now() -> None:
    engine = Engine()
    made = ensure(engine)
    engine.all_networks[0].members.append("another run's cloud")
    made.close()
    assert [network.name for network in engine.all_networks] == [names.METADATA_NETWORK]
