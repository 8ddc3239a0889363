"""Machines that are ordered before slurmctld is there, whose nodes register by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from node.slurm_cloud.http import CallFailed
from node.slurm_power import ahead
from node.slurm_power.ahead import order, order_ahead
from node.slurm_power.intervals import ORDINARY
from node.slurm_power.kept import Kept, Request, ask, read_kept, write_kept
from node.slurm_power.shown import shown_nodes
from node.slurm_power.work import Pass, unsettled
from tests.unit.node.power.fake_slurm import faked, ready_nodes
from tests.unit.node.power.kit import CLUSTER as NONE_ON
from tests.unit.node.power.kit import NOW, STARTING, UP, FakeCloud, decided, machine, of, state, updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.cloud import NodeGroup
    from node.slurm_power.cloud import Instance
    from tests.unit.node.power.fake_slurm import FakeSlurm

CLUSTER = replace(NONE_ON, pools=(replace(NONE_ON.pools[0], on=2), NONE_ON.pools[1]))
FIRST = ("vega-hpc-1", "vega-hpc-2")
FREE = ("idle", "cloud", "powered_down")
"""A node of a new cluster, which the power program has not yet seen."""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    made = faked(monkeypatch, CLUSTER)
    made.states = {name: state(name, FREE) for name in CLUSTER.nodes}
    return made


def _kept() -> Kept:
    return Kept(wanted={*FIRST}, raised={"hpc": 2, "htc": 0}, ahead={*FIRST}, asked=dict.fromkeys(FIRST, NOW))


def test_the_first_nodes_machines_are_ordered_and_their_nodes_not_powered_up(fake: FakeSlurm) -> None:
    cloud = FakeCloud()
    assert order(CLUSTER, cloud, NOW) == []
    Pass(CLUSTER, cloud).run(NOW + 30)
    assert cloud.created == [FIRST]
    assert [fake.states[name].flags for name in FIRST] == [FREE[1:]] * 2
    assert [each["state"] for each in shown_nodes(FIRST, fake.states, read_kept())] == ["powering-up"]
    assert unsettled(CLUSTER)


def test_those_that_register_are_on_as_any_other(fake: FakeSlurm) -> None:
    cloud = FakeCloud()
    order(CLUSTER, cloud, NOW)
    fake.states |= {name: state(name, UP) for name in FIRST}
    Pass(CLUSTER, cloud).run(NOW + 30)
    assert (ready_nodes(fake), read_kept().ahead, read_kept().asked) == ([*FIRST], set(), {})
    assert cloud.deleted == []


def test_with_a_disk_of_an_earlier_controller_nothing_is_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = FakeCloud()
    monkeypatch.setattr(ahead, "cloud_of", lambda _: cloud)
    write_kept(Kept())
    assert order_ahead(CLUSTER) == []
    assert cloud.created == []


def test_a_new_controller_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = FakeCloud()
    monkeypatch.setattr(ahead, "cloud_of", lambda _: cloud)
    assert order_ahead(CLUSTER) == []
    assert cloud.created == [FIRST]


def test_a_refusal_is_told_by_slurm_once_that_is_there(fake: FakeSlurm) -> None:
    cloud = FakeCloud(refusal=CallFailed("POST", 403, "quotaExceeded", "Quota 'GPUS' exceeded."))
    assert "quotaExceeded" in order(CLUSTER, cloud, NOW)[0]
    for number in range(2):
        Pass(CLUSTER, cloud).run(NOW + 30 + number)
    assert "quotaExceeded" in fake.states["vega-hpc-1"].reason
    assert "Quota 'GPUS' exceeded." in fake.told["vega-hpc-1"]


def test_a_cloud_that_can_not_be_looked_at_is_asked_for_nothing(fake: FakeSlurm) -> None:
    cloud = FakeCloud(is_away=True)
    assert "no answer" in order(CLUSTER, cloud, NOW)[0]
    cloud.is_away = False
    for number in range(2):
        Pass(CLUSTER, cloud).run(NOW + number)
        fake.settle(cloud)
    assert ready_nodes(fake) == [*FIRST]


def test_after_a_call_without_an_answer_the_machine_may_still_come() -> None:
    order(CLUSTER, FakeCloud(refusal=CallFailed("POST", 0)), NOW)
    assert read_kept().ahead == {*FIRST}


def test_a_cloud_that_is_busy_is_asked_no_more_and_the_others_start_as_any_node() -> None:
    cluster = replace(CLUSTER, pools=(CLUSTER.pools[0], replace(CLUSTER.pools[1], on=1)))
    cloud = FakeCloud(refusal=CallFailed("POST", 503))
    order(cluster, cloud, NOW)
    assert cloud.created == [FIRST]
    told = updates(decided(of("vega-htc-1", FREE), [], read_kept(), NOW + 1, pools=cluster.pools))
    assert ("vega-htc-1", "state=power_up") in told


def test_no_machine_is_ordered_over_the_limit_of_costs() -> None:
    cloud = FakeCloud()
    order(replace(CLUSTER, max_hourly_cost=15.0), cloud, NOW)
    assert (cloud.created, [*read_kept().ahead]) == ([("vega-hpc-1",)], ["vega-hpc-1"])


def test_a_machine_that_is_there_already_is_not_ordered_again() -> None:
    cloud = FakeCloud({"vega-hpc-1": machine("vega-hpc-1")})
    order(CLUSTER, cloud, NOW)
    assert (cloud.created, read_kept().ahead) == ([("vega-hpc-2",)], {*FIRST})


def test_one_that_the_listing_does_not_show_in_time_is_powered_up_as_any_other() -> None:
    kept, slurm = _kept(), of("vega-hpc-[1-2]", FREE)
    assert not updates(decided(slurm, [], kept, NOW + ORDINARY.shows - 1, pools=CLUSTER.pools))
    told = updates(decided(slurm, [], kept, NOW + ORDINARY.shows, pools=CLUSTER.pools))
    assert ("vega-hpc-1 vega-hpc-2", "state=power_up") in told


def test_one_that_failed_is_powered_up_and_the_refusal_told() -> None:
    kept = _kept()
    failed = [machine(name, "failed", "ZONE_RESOURCE_POOL_EXHAUSTED") for name in FIRST]
    told = updates(decided(of("vega-hpc-[1-2]", FREE), failed, kept, pools=CLUSTER.pools))
    assert ("vega-hpc-1 vega-hpc-2", "state=power_up") in told
    decided(of("vega-hpc-[1-2]", STARTING), failed, kept, pools=CLUSTER.pools)
    assert kept.holds["hpc"].code == "ZONE_RESOURCE_POOL_EXHAUSTED"


def test_the_machine_of_one_that_never_joins_goes() -> None:
    kept, there = _kept(), [machine(name) for name in FIRST]
    assert not decided(of("vega-hpc-[1-2]", FREE), there, kept, NOW + ORDINARY.ahead - 1, pools=CLUSTER.pools).deletions
    todo = decided(of("vega-hpc-[1-2]", FREE), there, kept, NOW + ORDINARY.ahead, pools=CLUSTER.pools)
    assert [each.node for each in todo.deletions] == [*FIRST]
    assert ("vega-hpc-1 vega-hpc-2", "state=power_up") in updates(todo)


def test_where_a_job_had_the_node_powered_up_it_gets_a_machine_that_starts_after_that() -> None:
    kept, slurm = _kept(), of("vega-hpc-[1-2]", FREE) | {"vega-hpc-1": state("vega-hpc-1", STARTING)}
    todo = decided(slurm, [machine(name) for name in FIRST], kept, pools=CLUSTER.pools)
    assert ([each.node for each in todo.deletions], [*kept.ahead]) == (["vega-hpc-1"], ["vega-hpc-2"])
    assert decided(slurm, [machine("vega-hpc-2")], kept, pools=CLUSTER.pools).creations == ["vega-hpc-1"]


def test_one_that_is_suspended_before_it_came_stays_off_and_its_machine_goes(fake: FakeSlurm) -> None:
    cloud = FakeCloud()
    order(CLUSTER, cloud, NOW)
    ask(Request("suspend", ("vega-hpc-1",)))
    Pass(CLUSTER, cloud).run(NOW + 10)
    Pass(CLUSTER, cloud).run(NOW + 10 + ORDINARY.orphan)
    assert cloud.deleted == [("vega-hpc-1",)]
    assert "drain" in fake.states["vega-hpc-1"].flags


def test_a_machine_that_gets_its_name_later_still_gets_it() -> None:
    kept = _kept()
    kept.unnamed = {"vega-hpc-mig": [*FIRST]}
    decided(of("vega-hpc-[1-2]", FREE), [], kept, pools=CLUSTER.pools)
    assert kept.unnamed == {"vega-hpc-mig": [*FIRST]}


class NamedLater(FakeCloud):
    """As a scale set: its machines have their nodes' names once a look has shown them."""

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        super().create(group, nodes, kept)
        kept.unnamed[group.name] = [*nodes]

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        kept.names |= {f"computer-of-{name}": name for waiting in kept.unnamed.values() for name in waiting}
        kept.unnamed.clear()
        return super().look(groups, kept)


def test_machines_that_are_named_once_they_show_are_looked_at_at_once() -> None:
    order(CLUSTER, NamedLater(), NOW)
    assert {*read_kept().names.values()} == {*FIRST}


def test_what_could_not_be_looked_at_changes_nothing() -> None:
    kept = _kept()
    assert not updates(decided(of("vega-hpc-[1-2]", FREE), None, kept, NOW + ORDINARY.ahead, pools=CLUSTER.pools))
    assert kept.ahead == {*FIRST}
