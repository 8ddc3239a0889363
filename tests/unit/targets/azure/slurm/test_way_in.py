"""The way in leads to the first machine that is on: login nodes in their order, then the controller."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.errors import NotReady
from cluster_provision.targets.azure.slurm.target import AzureSlurm
from tests.unit.settings.slurm.clouds import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.settings import AzureSettings


class Cloud:
    """Two login nodes and a controller, and a rule that leads to the first; changes take effect later."""

    def __init__(self) -> None:
        names = ("vega-login-1", "vega-login-2", "vega-controller")
        self.machines = {
            name: ScaleSetMachine(name, name, "1", address=f"10.0.0.{number}", status="RUNNING", configuration=name)
            for number, name in enumerate(names, start=4)
        }
        self.to = "10.0.0.4"
        self.asked: list[str] = []

    def single_machines(self, _: str, names: Sequence[str]) -> list[ScaleSetMachine]:
        return [self.machines[name] for name in names if name in self.machines]

    def has(self, name: str, status: str) -> None:
        self.machines[name] = replace(self.machines[name], status=status)

    def start_machine(self, _: str, name: str) -> None:
        self.asked.append(f"start {name}")

    def stop_machine(self, _: str, name: str) -> None:
        self.asked.append(f"stop {name}")

    def destination(self, *_: str) -> str:
        return self.to

    def let_in_to(self, _group: str, _security_group: str, _rule: str, address: str) -> None:
        self.to = address

    def public_address(self, *_: str) -> str:
        return "203.0.113.9"

    def port(self, _group: str, _balancer: str, _pool: str, configuration: str) -> int:
        return 50000 + list(self.machines).index(configuration)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def target(cloud: Cloud, **given: str) -> AzureSlurm:
    asked = settings("azure", LOGIN_COUNT="2", ACCESS="head", ALLOWED_CIDRS="203.0.113.7", **given)
    made = AzureSlurm(cast("AzureSettings", asked))
    made._cloud = cast("Any", cloud)
    return made


def test_a_login_node_that_is_stopped_hands_the_way_in_to_the_next(cloud: Cloud) -> None:
    assert target(cloud).stop(["vega-login-1"]) == "; ssh from outside leads to vega-login-2 now"
    assert (cloud.asked, cloud.to) == (["stop vega-login-1"], "10.0.0.5")
    cloud.has("vega-login-1", "DEALLOCATING")
    assert target(cloud).way_in("") == ("ssh", "-p", "50001", "azureuser@203.0.113.9")
    assert target(cloud).stop(["vega-login-2"]) == "; ssh from outside leads to vega-controller now"
    cloud.has("vega-login-2", "DEALLOCATED")
    assert target(cloud).way_in("") == ("ssh", "-p", "50002", "azureuser@203.0.113.9")


def test_one_that_starts_again_takes_the_way_in_back(cloud: Cloud) -> None:
    cloud.has("vega-login-1", "DEALLOCATED")
    cloud.to = "10.0.0.5"
    assert target(cloud).start(["vega-login-1"]) == "; ssh from outside leads to vega-login-1 now"
    assert cloud.to == "10.0.0.4"


def test_stopping_another_than_the_first_changes_nothing_about_the_way_in(cloud: Cloud) -> None:
    assert target(cloud).stop(["vega-login-2"]) == ""
    assert cloud.to == "10.0.0.4"


def test_a_machine_that_is_switched_off_is_named_with_what_starts_it(cloud: Cloud) -> None:
    cloud.has("vega-login-2", "DEALLOCATED")
    with pytest.raises(NotReady, match="vega-login-2 is switched off") as refused:
        target(cloud).way_in("vega-login-2")
    assert "`Resume vega-login-2`" in refused.value.advice


def test_commands_go_to_the_machines_that_are_on_through_the_head(cloud: Cloud) -> None:
    cloud.has("vega-login-1", "DEALLOCATED")
    cloud.to = "10.0.0.5"
    made, store = target(cloud), SimpleNamespace(node_record=lambda _: None)
    site: Any = SimpleNamespace(machines=list(cloud.machines.values()), store=store)
    fleet = made.fleet(site)
    assert fleet.head.name == "vega-login-2"
    assert [each.name for each in fleet.hosts] == ["vega-controller", "vega-login-2"]
