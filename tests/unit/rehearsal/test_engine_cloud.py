"""The embedded cloud's container: found or started, undone where that fails, and seen off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest
from requests.exceptions import ReadTimeout

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal import engine, engine_cloud
from cluster_provision.rehearsal.engine import end, take_hold
from cluster_provision.rehearsal.engine_cloud import EngineCloud, start
from embedded_cloud.engine import names
from embedded_cloud.engine import networks as engine_networks
from embedded_cloud.engine.end import remove_all
from tests.unit.embedded_cloud.engine.stub_engine import Box, Engine, Network, Volume, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL = [names.CLOUD, names.CLUSTER_NETWORK, names.METADATA_NETWORK]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((engine_networks, "ANOTHERS_SECONDS"), (engine, "BETWEEN_SECONDS"), (engine, "POLL_SECONDS")):
        monkeypatch.setattr(module, name, 0)
    monkeypatch.setattr(engine_cloud, "GONE_SECONDS", 0.05)


@dataclass
class Up:
    """A held cloud that answers with this."""

    empty: bool = True
    holders: int = 1
    on_let_go: Callable[[], None] = lambda: None

    def ask(self, method: str, path: str) -> dict[str, Any]:
        return {"empty": self.empty, "holders": self.holders}

    def let_go(self) -> None:
        self.holders -= 1
        self.on_let_go()


def test_the_first_run_makes_all_and_the_next_finds_it() -> None:
    machine = Engine()
    first, second = start(machine.host(), None), start(machine.host(), None)
    assert machine.traces() == ALL
    assert first.box.id == second.box.id
    second.undo.close()
    assert machine.traces() == ALL, "the second run has made nothing, and undoes nothing"


def test_a_start_that_fails_leaves_nothing() -> None:
    machine = Engine()
    machine.start_fails = True
    own = Box(machine, "own", {})
    with pytest.raises(Exception, match="no space left"):
        start(machine.host(own), None)
    assert machine.traces() == []


def test_what_can_be_known_to_be_wrong_is_known_before_anything_is_made(tmp_path: Path) -> None:
    machine = Engine()
    with pytest.raises(MachineError, match="folder of this container alone"):
        start(machine.host(Box(machine, "own", {})), tmp_path)
    assert machine.traces() == []


def test_a_cloud_that_does_not_come_up_is_undone_and_says_why(tmp_path: Path) -> None:
    machine = Engine()

    def begin() -> EngineCloud:
        cloud = start(machine.host(), None)
        machine.boxes[names.CLOUD].status, machine.boxes[names.CLOUD].exit_code = "exited", 1
        return cloud

    with pytest.raises(MachineError, match="its last words"):
        take_hold(begin, tmp_path)
    assert machine.traces() == []


def test_a_cloud_that_goes_while_it_is_being_found_is_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Engine()
    begun: list[str] = []

    def begin() -> EngineCloud:
        cloud = start(machine.host(), None)
        begun.append(cloud.box.id)
        if len(begun) == 1:
            remove_all(cast("Any", machine))
        return cloud

    monkeypatch.setattr(EngineCloud, "address", lambda cloud: cloud.box.reload() or ("10.0.0.2", 1))
    monkeypatch.setattr(engine, "hold", lambda *_: "a connection")
    monkeypatch.setattr(engine, "read", lambda *_: "text")
    cloud, up = take_hold(begin, tmp_path)
    assert (len(begun), machine.traces(), up.port) == (2, ALL, 1)
    cloud.undo.close()
    assert machine.traces() == ALL, "what is held is not undone any more"


def test_a_conflict_with_another_run_is_tried_again_but_not_for_ever(tmp_path: Path) -> None:
    tried: list[int] = []

    def begin() -> EngineCloud:
        tried.append(1)
        raise refusal(409, "removal of container is already in progress")

    with pytest.raises(Exception, match="already in progress"):
        take_hold(begin, tmp_path)
    assert len(tried) == engine.ATTEMPTS


def test_a_folder_other_than_the_running_clouds_is_refused_by_both_names(tmp_path: Path) -> None:
    machine = Engine()
    start(machine.host(), tmp_path / "one")
    start(machine.host(), tmp_path / "one")
    start(machine.host(), None)
    with pytest.raises(MachineError, match=r"two.*one"):
        start(machine.host(), tmp_path / "two")
    assert machine.traces() == ALL


def test_somebody_elses_container_is_left_alone() -> None:
    machine = Engine()
    machine.boxes[names.CLOUD] = Box(machine, names.CLOUD, {})
    with pytest.raises(MachineError, match="isn't a rehearsal's"):
        start(machine.host(), None)
    assert list(machine.boxes) == [names.CLOUD]
    assert machine.all_networks == []


@pytest.mark.parametrize(("empty", "holders"), [(False, 1), (True, 2)])
def test_another_builds_cloud_that_is_in_use_is_refused_with_the_way_out(empty: bool, holders: int) -> None:
    machine = Engine()
    cloud = start(machine.host(), None)
    machine.boxes[names.CLOUD].image = "sha256:another-build"
    with pytest.raises(MachineError, match="another build") as refused:
        engine._is_usable(cloud, cast("Any", Up(empty, holders)))
    assert names.REMOVE_ALL in refused.value.advice
    assert machine.traces() == ALL


def test_another_builds_cloud_that_is_empty_makes_way() -> None:
    machine = Engine()
    cloud = start(machine.host(), None)
    machine.boxes[names.CLOUD].image = "sha256:another-build"
    up = Up(on_let_go=lambda: remove_all(cast("Any", machine)))
    assert engine._is_usable(cloud, cast("Any", up)) is False
    assert machine.traces() == []


def test_the_last_of_two_runs_that_end_at_once_sees_an_empty_cloud_off() -> None:
    machine = Engine()
    first, second = start(machine.host(), None), start(machine.host(), None)
    up = Up(holders=2)
    assert end(first, cast("Any", up)) == []
    assert machine.traces() == ALL, "the other run holds it"
    up.on_let_go = lambda: remove_all(cast("Any", machine))
    assert end(second, cast("Any", up)) == []
    assert machine.traces() == []


def test_an_end_that_goes_wrong_is_a_line_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Engine()
    cloud = start(machine.host(), None)
    (line,) = end(cloud, cast("Any", Up()))
    assert names.REMOVE_ALL in line, "it is empty, and does not go"

    def too_slow(_: object) -> None:
        raise ReadTimeout("read timed out")

    monkeypatch.setattr(Box, "reload", too_slow)
    (line,) = end(cloud, cast("Any", Up()))
    assert "read timed out" in line


def test_the_clouds_last_act_takes_all_with_it_and_nothing_of_anybody_elses() -> None:
    machine = Engine()
    theirs = Network(machine, "theirs", {}, members=["their-box"])
    machine.all_networks.append(theirs)
    own = Box(machine, "own", {})
    start(machine.host(own), None)
    machine.boxes["stray"] = Box(machine, "stray", names.labels("node"))
    machine.all_volumes = [Volume(machine, names.SHARED_VOLUME, names.labels("volume")), Volume(machine, "data", {})]
    remove_all(cast("Any", machine))
    assert machine.traces() == ["data", "theirs"]
    assert list(machine.boxes) == ["own"], "a run that is still on the network is only taken off it"
