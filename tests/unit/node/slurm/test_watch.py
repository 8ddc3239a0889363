"""What a machine does while it runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cluster_provision.slurm.cloud import CLUSTER_FILE, digest_of
from node.slurm_cloud import facts_file, programs
from node.slurm_cloud import watch as watched
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.told import controllers_facts
from node.slurm_cloud.watch import Watch
from node.slurm_power import kept
from node.slurm_power.kept import Kept, write_kept
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import GOOGLE

TEXT = replace(CLUSTER, proof="first").text()


@dataclass
class Process:
    """A program that was started; `returncode` is None while it runs."""

    argv: list[str]
    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


@dataclass
class World:
    """A machine with its state store."""

    folder: Path
    objects: dict[str, bytes] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)

    def read(self, name: str) -> bytes | None:
        return self.objects.get(name)

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        raise AssertionError

    def popen(self, argv: list[str], **_: Any) -> Process:
        self.started.append(Process(argv))
        return self.started[-1]

    @property
    def words(self) -> list[str]:
        """The last word of each program that was started."""
        return [each.argv[-1] for each in self.started]

    @property
    def notes(self) -> list[str]:
        """Those of the record."""
        found: list[str] = json.loads((self.folder / "slurm.json").read_text())["notes"]
        return found

    def has_applied(self, text: str) -> None:
        (self.folder / "slurm.json").write_text(json.dumps({"applied": digest_of(text)}))
        (self.folder / "slurm-cluster.json").write_text(text)
        (self.folder / "cluster-slurm-joined").touch()

    def has_failed(self, text: str, *, hopeless: bool = False) -> None:
        """As the first set-up of a machine leaves it that failed at this description."""
        (self.folder / "slurm.json").write_text(json.dumps({"tried": digest_of(text), "hopeless": hopeless}))
        for name in ("slurm-cluster.json", "cluster-slurm-joined"):
            (self.folder / name).unlink()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path, {CLUSTER_FILE: TEXT.encode(), CLUSTER.program: b""})
    for module in (watched, facts_file):
        for name in ("FACT_FILE", "CLUSTER_COPY", "NOTES_FILE", "PROOF_FILE", "JOINED"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, str(tmp_path / Path(getattr(module, name)).name))
    monkeypatch.setattr(watched, "LOG_FOLDER", str(tmp_path))
    monkeypatch.setattr(watched, "POKE", str(tmp_path / "poke"))
    monkeypatch.setattr(kept, "KEPT_FILE", str(tmp_path / "state.json"))
    monkeypatch.setattr(kept, "REQUESTS", str(tmp_path / "requests"))
    monkeypatch.setattr(watched.subprocess, "Popen", made.popen)
    monkeypatch.setattr(watched, "run", lambda *_: (0, "active\n"))
    monkeypatch.setattr(watched, "unsettled", lambda _: False)
    monkeypatch.setattr(watched, "controllers_facts", lambda _: {"wanted": ""})
    monkeypatch.setattr(programs, "fetch", lambda *_: str(tmp_path))
    made.has_applied(TEXT)
    return made


@pytest.fixture
def controller(world: World) -> Watch:
    return Watch(GOOGLE, world)


@pytest.fixture
def node(world: World) -> Watch:
    return Watch(replace(GOOGLE, part="node", name="vega-hpc-1"), world)


def test_a_description_that_has_changed_is_joined(world: World, node: Watch) -> None:
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    node.once(0.0)
    assert "join" in world.words


def test_a_description_of_a_newer_tool_is_joined_by_the_program_that_it_names(
    world: World, node: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(_: object, name: str) -> str:
        fetched.append(name)
        return str(world.folder)

    monkeypatch.setattr(programs, "fetch", fetch)
    world.objects[CLUSTER_FILE] = b'{"schema": 9, "program": "files/slurm/newer.tar.gz", "unheard": "of"}'
    node.once(0.0)
    assert ("join" in world.words, fetched) == (True, ["files/slurm/newer.tar.gz"])


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{}", "names no program"), (b"[1]", "names no program"), (b"{", "Expecting"), (b"\xff", "can't decode")],
    ids=["no program", "no object", "no JSON", "no text"],
)
def test_a_description_that_can_not_be_followed_is_in_the_record_until_it_can(
    world: World, node: Watch, content: bytes, why: str
) -> None:
    world.objects[CLUSTER_FILE] = content
    node.once(0.0)
    assert why in world.notes[0]
    world.objects[CLUSTER_FILE] = TEXT.encode()
    node.once(100.0)
    assert world.notes == []


@pytest.mark.parametrize(
    "failure", [CallFailed("GET", 503), OSError(28, "No space left on device")], ids=["call", "disk"]
)
def test_a_program_that_can_not_be_fetched_is_in_the_record(
    world: World, node: Watch, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> str:
        raise failure

    monkeypatch.setattr(programs, "fetch", fail)
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    node.once(0.0)
    assert str(failure) in world.notes[0]


def test_one_that_is_applied_is_left_alone(world: World, node: Watch) -> None:
    node.once(0.0)
    assert "join" not in world.words


def test_one_that_could_not_be_applied_says_why(world: World, node: Watch) -> None:
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    node.once(0.0)
    (world.folder / "slurm-join.log").write_text("service slurmd: it doesn't start\n")
    next(each for each in world.started if each.argv[-1] == "join").returncode = 1
    node.once(10.0)
    assert "service slurmd: it doesn't start" in world.notes[0]


def tries(world: World, watch: Watch, what: str, status: int, seconds: range) -> list[int]:
    """The seconds at which it begins such a program, each of which ends with this status at once."""
    began: list[int] = []
    for now in seconds:
        before = world.words.count(what)
        watch.once(float(now))
        began += [now] * (world.words.count(what) - before)
        for each in world.started:
            each.returncode = status if each.argv[-1] == what else 0
    return began


def test_one_that_could_not_be_applied_is_tried_again_after_growing_pauses(world: World, controller: Watch) -> None:
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    assert tries(world, controller, "join", 1, range(500)) == [0, 61, 186, 428]


def test_the_pauses_end_with_a_description_that_is_new(world: World, controller: Watch) -> None:
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    tries(world, controller, "join", 1, range(300))
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="third").text().encode()
    assert tries(world, controller, "join", 1, range(300, 320)) == [301]


def test_what_can_not_be_helped_waits_for_another_description(world: World, controller: Watch) -> None:
    world.has_failed(TEXT, hopeless=True)
    assert tries(world, controller, "slurm-again", 3, range(5000)) == []


def test_a_machine_that_could_not_join_tries_again_by_the_bootstrap(world: World, controller: Watch) -> None:
    world.has_failed(TEXT)
    assert tries(world, controller, "slurm-again", 1, range(100)) == [0, 61]


def test_a_machine_that_could_not_join_tries_a_new_description_within_seconds(world: World, controller: Watch) -> None:
    world.has_failed(TEXT, hopeless=True)
    assert tries(world, controller, "slurm-again", 3, range(100)) == []
    world.objects[CLUSTER_FILE] = replace(CLUSTER, proof="second").text().encode()
    assert tries(world, controller, "slurm-again", 3, range(100, 200)) == [100]


def test_a_controller_that_has_not_joined_looks_after_no_node_and_knows_of_none(
    world: World, controller: Watch
) -> None:
    world.has_failed(TEXT, hopeless=True)
    controller.once(0.0)
    assert "sync" not in world.words
    assert json.loads((world.folder / "slurm.json").read_text())["nodes"] == []


def test_the_record_of_a_machine_that_tries_again_is_left_to_that(world: World, controller: Watch) -> None:
    world.has_failed(TEXT)
    controller.once(0.0)
    assert world.words == ["slurm-again"]


def _pause_between_looks(monkeypatch: pytest.MonkeyPatch, world: World, watch: Watch, at: float) -> float:
    """Seconds from a look at this time of the watch's clock to the next one."""
    looks: list[float] = []
    now = at
    monkeypatch.setattr(world, "read", lambda _: looks.append(now))
    while len(looks) < 2:
        watch.once(now)
        now += 0.5
    return looks[1] - looks[0]


def test_a_node_looks_each_minute_and_the_controller_each_ten_seconds(
    world: World, node: Watch, controller: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller.once(0.0)
    assert _pause_between_looks(monkeypatch, world, controller, 10_000.0) == 10
    assert _pause_between_looks(monkeypatch, world, node, 0.0) == 60


def test_a_controller_that_has_just_joined_looks_each_second(
    world: World, controller: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _pause_between_looks(monkeypatch, world, controller, 0.0) <= 1.5


def test_only_the_controller_has_the_nodes_looked_after(world: World, node: Watch, controller: Watch) -> None:
    node.once(0.0)
    assert "sync" not in world.words
    controller.once(0.0)
    assert "sync" in world.words


def test_slurmctld_is_asked_how_things_are_only_where_a_look_at_the_cloud_is_due(
    world: World, controller: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(watched, "unsettled", asked.append)
    for tick in range(10):
        controller.once(tick / 2)
        world.started[0].returncode = 0
    assert len(asked) == 1


def test_a_touch_has_the_nodes_looked_at_at_once(world: World, controller: Watch) -> None:
    controller.once(0.0)
    world.started[0].returncode = 0
    (world.folder / "poke").touch()
    controller.once(1.0)
    assert world.words.count("sync") == 2


def test_a_new_name_of_a_proof_has_it_run_once_its_nodes_are_known(world: World, controller: Watch) -> None:
    controller.once(0.0)
    assert "prove" not in world.words
    write_kept(Kept(raised={"hpc": 0, "htc": 0}))
    controller.once(20.0)
    assert world.words.count("prove") == 1


@pytest.mark.parametrize("status", ["ok", "failed"])
def test_a_proof_that_has_ended_is_not_run_again(world: World, controller: Watch, status: str) -> None:
    write_kept(Kept(raised={"hpc": 0, "htc": 0}))
    (world.folder / "slurm-proof.json").write_text(json.dumps({"name": "first", "status": status}))
    controller.once(0.0)
    assert "prove" not in world.words


def test_a_proof_that_was_cut_off_is_run_again(world: World, controller: Watch) -> None:
    write_kept(Kept(raised={"hpc": 0, "htc": 0}))
    (world.folder / "slurm-proof.json").write_text(json.dumps({"name": "first", "status": "running"}))
    controller.once(0.0)
    assert "prove" in world.words


def test_the_record_is_reported_where_it_has_changed(world: World, node: Watch) -> None:
    node.once(0.0)
    assert world.words == ["report"]
    world.started[0].returncode = 0
    node.once(10.0)
    assert world.words == ["report"]


def test_what_the_cloud_refuses_is_in_the_record(world: World, controller: Watch) -> None:
    controller.once(0.0)
    (world.folder / "slurm-sync.log").write_text("POST createInstances: HTTP 403 no right\n")
    next(each for each in world.started if each.argv[-1] == "sync").returncode = 1
    controller.once(10.0)
    assert world.notes == ["POST createInstances: HTTP 403 no right"]


def test_a_file_system_that_can_not_be_grown_is_in_the_record_until_it_is(world: World, controller: Watch) -> None:
    controller.once(0.0)
    (world.folder / "slurm-grow.log").write_text("slurm: resize2fs ended with 1: Permission denied to resize\n")
    next(each for each in world.started if each.argv[-1] == "grow").returncode = 1
    controller.once(10.0)
    assert world.notes[0].endswith("could not be grown: slurm: resize2fs ended with 1: Permission denied to resize")
    controller.once(60.0)
    [each for each in world.started if each.argv[-1] == "grow"][-1].returncode = 0
    controller.once(70.0)
    assert world.notes == []


def test_what_the_power_program_keeps_and_can_not_be_read_is_in_the_record_and_the_nodes_unknown(
    world: World, controller: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.folder / "slurm.json").write_text(json.dumps({"applied": digest_of(TEXT), "nodes": [{"names": "a"}]}))
    (world.folder / "state.json").write_text("{")
    monkeypatch.setattr(watched, "controllers_facts", controllers_facts)
    controller.once(0.0)
    assert "state.json can't be read" in world.notes[-1]
    assert json.loads((world.folder / "slurm.json").read_text())["nodes"] == []
