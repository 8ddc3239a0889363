"""The state on the controller, kept by the very program that keeps it there, in a folder of the test's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import StateLocked, StateStoreError
from cluster_provision.state.base import Lock
from cluster_provision.state.existing.store import ControllerStore
from cluster_provision.state.heartbeat import beats_in
from node import store as program

if TYPE_CHECKING:
    from pathlib import Path

MINE = Lock("me@here", "2026-11-30T12:00:00+00:00", "Create", "", "run-1")
THEIRS = replace(MINE, holder="you@there", id="run-2")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(program, "HOME", tmp_path / "var/lib/cluster-provision")
    return tmp_path / "var/lib/cluster-provision"


@pytest.fixture
def store(home: Path) -> ControllerStore:
    def keeper(operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked = json.loads(json.dumps(operations))
        found: list[dict[str, Any]] = json.loads(json.dumps(program.Store("vega").carry_out(asked)))
        return found

    return ControllerStore(keeper, "head", "vega")


def test_its_address_names_the_controller(store: ControllerStore) -> None:
    assert store.uri == "ssh://head/var/lib/cluster-provision/vega/state"


def test_a_controller_without_a_cluster_has_nothing_and_looking_makes_nothing(
    store: ControllerStore, home: Path
) -> None:
    facts = store.facts()
    assert (facts.exists, facts.resources, facts.ours, facts.settled, facts.unfinished) == (
        False,
        0,
        False,
        False,
        False,
    )
    assert store.lock() is None
    assert store.pulses() == [] and store.claimed_at() is None and store.read("x") is None
    assert store.rights().told.endswith("on head, as root")
    assert not home.exists()


def test_each_machine_is_a_resource_with_its_attributes(store: ControllerStore) -> None:
    store.keep_machines({"head": {"address": "10.0.0.1"}, "node1": {"address": "10.0.0.2"}})
    facts = store.facts()
    assert (facts.exists, facts.resources, facts.kinds) == (True, 2, frozenset({"machine"}))
    assert {each.key: each.attributes["address"] for each in facts.instances}["node1"] == "10.0.0.2"


def test_machines_that_no_mark_belongs_to_are_something_elses(store: ControllerStore) -> None:
    store.keep_machines({"head": {}})
    assert (store.facts().ours, store.facts().writer) == (False, "something else")
    store.claim("abc123", "", settled=False)
    assert store.facts().ours


def test_a_cluster_is_unfinished_from_its_first_change_until_it_is_proven(store: ControllerStore) -> None:
    store.claim("abc123", "", settled=False)
    assert (store.facts().settled, store.facts().unfinished) == (False, True)
    store.claim("abc123", "", settled=True)
    assert (store.facts().settled, store.facts().unfinished) == (True, False)
    store.claim("abc123", "", settled=False)
    assert (store.facts().settled, store.facts().unfinished) == (True, True)


def test_the_time_of_the_first_claim_stays(store: ControllerStore) -> None:
    store.claim("abc123", "", settled=False)
    first = store.claimed_at()
    store.claim("abc123", "", settled=True)
    assert store.claimed_at() == first is not None


def test_a_lock_is_one_runs_and_its_own_again(store: ControllerStore) -> None:
    store.take_lock(MINE)
    store.take_lock(MINE)
    with pytest.raises(StateLocked, match="locked by me@here since 2026-11-30"):
        store.take_lock(THEIRS)
    held = store.lock()
    assert held is not None and held.is_the_same_as(MINE)
    assert held.clear == "sudo rm /var/lib/cluster-provision/vega/state/lock.json   (on head)"


def test_only_this_very_lock_is_released(store: ControllerStore) -> None:
    assert store.unlock(MINE) is False
    store.take_lock(MINE)
    with pytest.raises(StateLocked, match="taken by me@here"):
        store.unlock(THEIRS)
    assert store.unlock(MINE) is True
    assert store.lock() is None


def test_signs_of_life_have_their_time_by_the_controllers_clock(store: ControllerStore) -> None:
    store.beat("runs/r1.json", json.dumps({"run": {"run": "r1", "action": "create"}, "beats": 3}))
    (beat,) = beats_in(store)
    assert (beat.name, beat.count, beat.identity.run) == ("runs/r1.json", 3, "r1")
    store.remove("runs/r1.json")
    assert beats_in(store) == []


def test_texts_are_read_and_written_several_at_once(store: ControllerStore) -> None:
    store.write_each({"journals/a.json": "{}", "journals/b.json": "[]"})
    assert store.read_each(["journals/b.json", "journals/c.json"]) == ["[]", None]
    store.remove_each(["journals/a.json", "journals/c.json"])
    assert store.read_each(["journals/a.json"]) == [None]
    assert store.read_each([]) == []


def test_a_file_is_uploaded_as_text(store: ControllerStore, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"caf\xff\n")
    store.upload("vega-log", tmp_path / "log")
    assert store.read("vega-log") == "caf\ufffd\n"
    assert store.has("vega-log") and not store.has("other")


@pytest.mark.parametrize("text", ["{", "[]", "null", ""])
def test_a_damaged_list_of_machines_is_an_error_that_names_it(store: ControllerStore, text: str) -> None:
    store.write("machines.json", text or "{\n")
    with pytest.raises(StateStoreError, match=r"machines\.json in ssh://head/.* can't be understood"):
        store.facts()


def test_the_whole_state_goes_with_the_folders_above_it(store: ControllerStore, home: Path) -> None:
    store.claim("abc123", "", settled=True)
    assert store.delete_deployment() == ""
    assert not home.exists()


def test_what_else_lies_beside_the_state_is_kept_and_named(store: ControllerStore, home: Path) -> None:
    store.claim("abc123", "", settled=True)
    (home / "vega" / "journal.json").write_text("{}")
    assert "journal.json" in store.delete_deployment()
    assert (home / "vega" / "journal.json").exists()


def test_only_root_can_read_what_is_kept(store: ControllerStore, home: Path) -> None:
    store.write("secrets.json", "x")
    file = home / "vega" / "state" / "secrets.json"
    assert [each.stat().st_mode & 0o777 for each in (file, file.parent, home / "vega")] == [0o600, 0o700, 0o700]
