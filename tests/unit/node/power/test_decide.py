"""What follows from how Slurm has its nodes, and which machines the cloud has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.slurm_power.cloud import CREATING, DELETING, FAILED, STOPPED
from node.slurm_power.decide import note_requests
from node.slurm_power.kept import Hold, Kept, Request
from tests.unit.node.power.kit import (
    CLUSTER,
    HPC,
    NOW,
    OFF_REASON,
    POOLS,
    STARTING,
    STOPPING,
    UP,
    decided,
    machine,
    of,
    states,
    updates,
)

NO_ROOM = ("ZONE_RESOURCE_POOL_EXHAUSTED", "no room")
CAPACITY = "cluster-provision: capacity: ZONE_RESOURCE_POOL_EXHAUSTED (next try after {} s)"
FREE = ("idle", "cloud", "powered_down")


def test_nothing_is_to_do_while_all_nodes_are_off() -> None:
    todo = decided(states())
    assert (todo.updates, todo.creations, todo.deletions) == ([], [], [])


def test_by_hand_a_node_that_is_off_says_so_and_no_job_starts_it() -> None:
    assert updates(decided(of("vega-hpc-6", FREE))) == [("vega-hpc-6", "state=drain", f"reason={OFF_REASON}")]


def test_with_a_suspend_time_jobs_start_nodes_that_are_off() -> None:
    assert updates(decided(of("vega-hpc-6", FREE), suspend_time=300, pools=POOLS[:1])) == [
        (" ".join(name for name in HPC if name != "vega-hpc-6"), "state=resume")
    ]


def test_a_wanted_node_is_undrained_and_powered_up() -> None:
    todo = decided(states(), kept=Kept(wanted={"vega-hpc-6"}))
    assert updates(todo) == [("vega-hpc-6", "state=resume"), ("vega-hpc-6", "state=power_up")]


def test_a_node_that_powers_up_gets_a_machine() -> None:
    assert decided(of("vega-hpc-[6-7]", STARTING)).creations == ["vega-hpc-6", "vega-hpc-7"]


def test_no_machine_is_asked_for_twice_before_the_listing_can_show_it() -> None:
    kept = Kept(asked={"vega-hpc-6": NOW - 10})
    assert decided(of("vega-hpc-6", STARTING), kept=kept).creations == []
    assert decided(of("vega-hpc-6", STARTING), kept=kept, now=NOW + 60).creations == ["vega-hpc-6"]


def test_a_node_whose_old_machine_is_just_going_waits_for_its_end() -> None:
    assert decided(of("vega-hpc-6", STARTING), [machine("vega-hpc-6", DELETING)]).creations == []


def test_what_could_not_be_looked_at_is_not_made_again_nor_taken_for_gone() -> None:
    todo = decided({**of("vega-hpc-6", STARTING), **{"vega-hpc-1": of("vega-hpc-1", UP)["vega-hpc-1"]}}, None)
    assert (todo.updates, todo.creations) == ([], [])


def test_a_node_that_powers_down_loses_its_machine() -> None:
    todo = decided(of("vega-hpc-6", STOPPING), [machine("vega-hpc-6")])
    assert [each.node for each in todo.deletions] == ["vega-hpc-6"]


def test_a_machine_that_is_going_is_not_deleted_twice() -> None:
    assert decided(of("vega-hpc-6", STOPPING), [machine("vega-hpc-6", DELETING)]).deletions == []


@pytest.mark.parametrize("node", ["vega-hpc-6", ""])
def test_a_machine_that_nobody_asked_for_is_gone_after_90_seconds(node: str) -> None:
    kept, stray = Kept(), replace(machine("vega-hpc-6", CREATING), node=node)
    assert decided(states(), [stray], kept).deletions == []
    assert decided(states(), [stray], kept, NOW + 89).deletions == []
    assert decided(states(), [stray], kept, NOW + 90).deletions == [stray]


def test_after_a_stock_out_the_node_goes_back_and_its_pool_is_held_off() -> None:
    kept = Kept(wanted={"vega-hpc-6"})
    todo = decided(of("vega-hpc-6", STARTING), [machine("vega-hpc-6", FAILED, *NO_ROOM)], kept)
    assert updates(todo)[:2] == [
        ("vega-hpc-6", "state=down", f"reason={CAPACITY.format(300)}"),
        ("vega-hpc-6", "state=power_down"),
    ]
    assert kept.holds["hpc"] == Hold(NOW + 300, 300, *NO_ROOM)
    assert kept.problems == {"vega-hpc-6": [*NO_ROOM]}
    assert "no room" in todo.told["vega-hpc-6"]


def test_a_stock_out_that_slurm_did_not_hear_of_is_told_again_without_a_longer_hold() -> None:
    kept, refused = Kept(), [machine("vega-hpc-6", FAILED, *NO_ROOM)]
    first = decided(of("vega-hpc-6", STARTING), refused, kept)
    again = decided(of("vega-hpc-6", STARTING), refused, kept, NOW + 15)
    assert updates(again) == updates(first)
    assert kept.holds["hpc"] == Hold(NOW + 300, 300, *NO_ROOM)


def test_one_that_slurm_has_heard_of_is_told_once() -> None:
    kept, refused = Kept(), [machine("vega-hpc-6", FAILED, *NO_ROOM)]
    decided(of("vega-hpc-6", STARTING), refused, kept)
    going = of("vega-hpc-6", ("down", "cloud", "powering_up", "power_down"), CAPACITY.format(300))
    assert not [each for each in updates(decided(going, refused, kept, NOW + 15)) if each[1] == "state=down"]


def test_a_node_that_was_left_down_halfway_is_powered_down() -> None:
    todo = decided(of("vega-hpc-1", ("down", "cloud"), CAPACITY.format(300)), [machine("vega-hpc-1")])
    assert updates(todo) == [("vega-hpc-1", "state=power_down")]


def test_a_hold_doubles_up_to_half_an_hour() -> None:
    kept, seconds = Kept(), []
    now = NOW
    for _ in range(5):
        kept.back.clear()
        decided(of("vega-hpc-6", STARTING), [machine("vega-hpc-6", FAILED, *NO_ROOM)], kept, now)
        seconds.append(kept.holds["hpc"].seconds)
        now = kept.holds["hpc"].until
    assert seconds == [300, 600, 1200, 1800, 1800]


def test_while_a_pool_is_held_off_nothing_of_it_starts_and_the_other_pools_do() -> None:
    kept = Kept(wanted={"vega-hpc-6", "vega-htc-1"}, holds={"hpc": Hold(NOW + 100, 300, *NO_ROOM)})
    said = updates(decided(states(), kept=kept))
    assert (" ".join(HPC), "state=drain", f"reason={CAPACITY.format(300)}") in said
    assert [each[0] for each in said if each[1] == "state=power_up"] == ["vega-htc-1"]


def test_after_the_hold_what_should_be_on_is_tried_again() -> None:
    kept = Kept(wanted={"vega-hpc-6"}, holds={"hpc": Hold(NOW, 300, *NO_ROOM)})
    slurm = of("vega-hpc-[1-8]", ("idle", "cloud", "drain", "powered_down"), CAPACITY.format(300))
    said = updates(decided(slurm, kept=kept))
    assert said[:2] == [("vega-hpc-6", "state=resume"), ("vega-hpc-6", "state=power_up")]
    assert said[2][1:] == ("state=drain", f"reason={OFF_REASON}")


def test_a_node_that_comes_after_a_refusal_ends_the_hold() -> None:
    kept = Kept(asked={"vega-hpc-6": NOW - 10}, holds={"hpc": Hold(NOW - 20, 300, *NO_ROOM)})
    decided(of("vega-hpc-6", UP), [machine("vega-hpc-6")], kept)
    assert kept.holds == {}


def test_a_node_that_had_been_asked_for_before_the_refusal_does_not() -> None:
    kept = Kept(asked={"vega-hpc-6": NOW - 10}, holds={"hpc": Hold(NOW + 295, 300, *NO_ROOM)})
    decided(of("vega-hpc-6", UP), [machine("vega-hpc-6")], kept)
    assert "hpc" in kept.holds


def test_where_machines_belong_together_all_or_none_come() -> None:
    pools = (replace(POOLS[0], together=True), POOLS[1])
    machines = [machine("vega-hpc-6"), machine("vega-hpc-7", FAILED, *NO_ROOM)]
    todo = decided(of("vega-hpc-[6-7]", STARTING), machines, pools=pools)
    assert updates(todo)[0][:2] == ("vega-hpc-6 vega-hpc-7", "state=down")


def test_elsewhere_the_nodes_that_come_stay() -> None:
    machines = [machine("vega-hpc-6"), machine("vega-hpc-7", FAILED, *NO_ROOM)]
    assert updates(decided(of("vega-hpc-[6-7]", STARTING), machines))[0][:2] == ("vega-hpc-7", "state=down")


@pytest.mark.parametrize("its", [STOPPED, DELETING])
def test_a_spot_machine_that_was_taken_away_has_its_jobs_wait_again(its: str) -> None:
    todo = decided(of("vega-hpc-1", ("allocated", "cloud")), [machine("vega-hpc-1", its)])
    assert updates(todo)[:2] == [
        ("vega-hpc-1", "state=down", "reason=cluster-provision: capacity: its machine is gone"),
        ("vega-hpc-1", "state=power_down"),
    ]


def test_a_node_without_a_machine_is_a_ghost_after_half_a_minute() -> None:
    kept = Kept()
    assert updates(decided(of("vega-hpc-1", UP), [], kept)) == []
    assert updates(decided(of("vega-hpc-1", UP), [], kept, NOW + 30))[0][:2] == ("vega-hpc-1", "state=down")


@pytest.mark.parametrize(("wanted", "state_then"), [({"vega-hpc-1"}, "state=resume"), (set(), "state=power_down")])
def test_a_node_that_came_while_its_pool_was_held_off_is_put_back_or_goes(wanted: set[str], state_then: str) -> None:
    held = of("vega-hpc-1", ("idle", "cloud", "drain"), "cluster-provision: capacity: X (next try after 300 s)")
    todo = decided(held, [machine("vega-hpc-1")], Kept(wanted=wanted, holds={"hpc": Hold(NOW + 99, 300, "X", "")}))
    assert ("vega-hpc-1", state_then) in updates(todo)


def test_one_that_is_being_given_back_is_not_put_back() -> None:
    going = of("vega-hpc-1", ("down", "cloud", "power_down"), "cluster-provision: capacity: X (next try after 300 s)")
    todo = decided(going, [machine("vega-hpc-1")], Kept(wanted={"vega-hpc-1"}, back={"vega-hpc-1"}))
    assert ("vega-hpc-1", "state=resume") not in updates(todo)


@pytest.mark.parametrize(("wanted", "state_then"), [({"vega-hpc-1"}, "state=resume"), (set(), "state=power_down")])
def test_a_drain_without_a_reason_which_a_killed_slurmctld_leaves_does_not_stay(
    wanted: set[str], state_then: str
) -> None:
    slurm = of("vega-hpc-1", (*UP, "drain"), "")
    assert ("vega-hpc-1", state_then) in updates(decided(slurm, [machine("vega-hpc-1")], Kept(wanted=wanted)))


def test_a_node_that_never_joined_is_given_back() -> None:
    slurm = of("vega-hpc-1", ("down", "cloud"), "ResumeTimeout reached", "slurm")
    todo = decided(slurm, [machine("vega-hpc-1")])
    assert ("vega-hpc-1", "state=power_down") in updates(todo)


def test_a_suspended_node_without_jobs_is_drained_and_goes() -> None:
    todo = decided(of("vega-hpc-1", UP), [machine("vega-hpc-1")], Kept(leaving={"vega-hpc-1"}))
    assert updates(todo) == [
        ("vega-hpc-1", "state=drain", "reason=cluster-provision: off: suspended"),
        ("vega-hpc-1", "state=power_down"),
    ]


def test_a_suspended_node_with_jobs_stays_until_they_have_ended() -> None:
    kept = Kept(leaving={"vega-hpc-1"})
    busy = decided(of("vega-hpc-1", ("allocated", "cloud")), [machine("vega-hpc-1")], kept)
    assert [each[1] for each in updates(busy)] == ["state=drain"]
    idle = of("vega-hpc-1", ("idle", "cloud", "drain"), "cluster-provision: off: suspended")
    assert updates(decided(idle, [machine("vega-hpc-1")], kept)) == [("vega-hpc-1", "state=power_down")]


def test_a_node_that_is_still_starting_goes_at_once() -> None:
    todo = decided(of("vega-hpc-1", STARTING), [machine("vega-hpc-1")], Kept(leaving={"vega-hpc-1"}))
    assert updates(todo)[-1] == ("vega-hpc-1", "state=power_down_force")


def test_force_ends_the_jobs() -> None:
    kept = Kept(leaving={"vega-hpc-1"}, forced={"vega-hpc-1"})
    todo = decided(of("vega-hpc-1", ("allocated", "cloud")), [machine("vega-hpc-1")], kept)
    assert updates(todo)[-1] == ("vega-hpc-1", "state=power_down_force")


def test_a_persons_own_drain_keeps_its_reason_when_the_node_goes() -> None:
    slurm = of("vega-hpc-5", ("idle", "cloud", "drain"), "bad link", "ada")
    todo = decided(slurm, [machine("vega-hpc-5")], Kept(leaving={"vega-hpc-5"}))
    assert updates(todo) == [("vega-hpc-5", "state=power_down")]


@pytest.mark.parametrize(
    ("reason", "user"),
    [
        ("bad link", "ada"),
        ("official notice: move racks", "root"),
        ("Off: back on Monday", "ada"),
        ("NHC: check_hw_gpu: Found 7 GPU(s), expected 8", "root"),
        ("Kill task failed", "root"),
        ("cyclecloud_node_failure", "root"),
    ],
)
@pytest.mark.parametrize("words", [("idle", "cloud", "drain"), ("idle", "cloud", "drain", "powered_down")])
def test_anothers_reason_is_never_overwritten(words: tuple[str, ...], reason: str, user: str) -> None:
    kept = Kept(holds={"hpc": Hold(NOW + 100, 300, *NO_ROOM)})
    slurm = {**states(), **of("vega-hpc-5", words, reason, user)}
    for holding in (kept, Kept()):
        for nodes, *_ in updates(
            decided(slurm, [machine("vega-hpc-5")] if "powered_down" not in words else [], holding)
        ):
            assert "vega-hpc-5" not in nodes.split()


def test_our_own_reason_that_somebody_took_off_a_node_that_is_off_is_put_back() -> None:
    assert updates(decided(of("vega-hpc-5", FREE)))[0][1:] == ("state=drain", f"reason={OFF_REASON}")


def test_a_node_that_a_person_powers_down_by_slurms_own_command_stays_off() -> None:
    kept = Kept(wanted={"vega-hpc-1"})
    decided(of("vega-hpc-1", STOPPING), [machine("vega-hpc-1")], kept)
    assert kept.wanted == set()


def test_a_node_that_we_take_down_ourselves_is_still_wanted() -> None:
    kept = Kept(wanted={"vega-hpc-1"}, back={"vega-hpc-1"})
    decided(of("vega-hpc-1", STOPPING), [machine("vega-hpc-1")], kept)
    assert kept.wanted == {"vega-hpc-1"}


def test_the_first_create_switches_its_nodes_on_and_later_ones_only_what_was_raised() -> None:
    kept, two = Kept(), replace(CLUSTER, pools=(replace(POOLS[0], on=2), POOLS[1]))
    note_requests(two, kept, ())
    assert kept.wanted == {"vega-hpc-1", "vega-hpc-2"}
    note_requests(two, kept, (Request("suspend", ("vega-hpc-1",)),))
    note_requests(two, kept, ())
    assert kept.wanted == {"vega-hpc-2"}
    note_requests(replace(CLUSTER, pools=(replace(POOLS[0], on=3), POOLS[1])), kept, ())
    assert kept.wanted == {"vega-hpc-2", "vega-hpc-3"}


def test_a_node_that_is_resumed_while_it_leaves_stays() -> None:
    kept = Kept(leaving={"vega-hpc-1"}, forced={"vega-hpc-1"})
    note_requests(CLUSTER, kept, (Request("resume", ("vega-hpc-1",)),))
    slurm = of("vega-hpc-1", ("allocated", "cloud", "drain"), "cluster-provision: off: suspended")
    assert updates(decided(slurm, [machine("vega-hpc-1")], kept)) == [("vega-hpc-1", "state=resume")]


def test_a_node_that_is_resumed_while_it_powers_down_comes_back() -> None:
    kept = Kept()
    note_requests(CLUSTER, kept, (Request("resume", ("vega-hpc-1",)),))
    for _ in range(2):
        decided(of("vega-hpc-1", STOPPING), [machine("vega-hpc-1")], kept)
    assert ("vega-hpc-1", "state=power_up") in updates(decided(states(), kept=kept))


def test_a_node_that_is_suspended_after_that_stays_off() -> None:
    kept = Kept()
    note_requests(CLUSTER, kept, (Request("resume", ("vega-hpc-1",)), Request("suspend", ("vega-hpc-1",))))
    decided(of("vega-hpc-1", STOPPING), [machine("vega-hpc-1")], kept)
    assert updates(decided(states(), kept=kept)) == []


def test_a_resume_is_at_its_end_once_the_node_is_back() -> None:
    kept = Kept(wanted={"vega-hpc-1"}, resumed={"vega-hpc-1"})
    decided(of("vega-hpc-1", UP), [machine("vega-hpc-1")], kept)
    decided(of("vega-hpc-1", STOPPING), [machine("vega-hpc-1")], kept)
    assert kept.wanted == set()


def test_nobody_waits_for_a_machine_of_a_node_that_is_off() -> None:
    kept = Kept(unnamed={"vega-hpc-mig": ["vega-hpc-1", "vega-hpc-2"]})
    decided(of("vega-hpc-2", STARTING), kept=kept)
    assert kept.unnamed == {"vega-hpc-mig": ["vega-hpc-2"]}


def test_nodes_that_are_no_longer_the_clusters_are_forgotten() -> None:
    kept = Kept(wanted={"vega-old-1"}, leaving={"vega-old-2"})
    note_requests(CLUSTER, kept, ())
    assert (kept.wanted, kept.leaving) == (set(), set())
