"""node/store.py: texts and one lock in a folder on the controller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[3] / "node/store.py"


class Controller:
    """The program, run as it is on a controller, in a root folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "var/lib/cluster-provision/vega/state"

    def ask(self, *operations: dict[str, Any], cluster: str = "vega") -> dict[str, Any]:
        request = json.dumps({"cluster": cluster, "operations": operations})
        ended = subprocess.run(
            [sys.executable, "-I", PROGRAM],
            input=request,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "CLUSTER_PROVISION_ROOT": str(self.root)},
        )
        assert ended.stderr == ""
        found: dict[str, Any] = json.loads(ended.stdout)
        return found

    def answers(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.ask(*operations)["answers"])


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)


def lock(number: str) -> dict[str, Any]:
    return {"do": "lock", "lock": {"id": number, "holder": f"me@{number}", "operation": "Create", "created": "now"}}


def test_a_text_that_was_never_written_is_null(controller: Controller) -> None:
    assert controller.answers({"do": "read", "name": "cluster.json"}) == [{"text": None}]


def test_operations_are_carried_out_in_their_order(controller: Controller) -> None:
    answers = controller.answers(
        {"do": "write", "name": "a", "text": "one\n"},
        {"do": "read", "name": "a"},
        {"do": "write", "name": "a", "text": "zwei ü"},
        {"do": "read", "name": "a"},
        {"do": "remove", "name": "a"},
        {"do": "read", "name": "a"},
        {"do": "remove", "name": "a"},
    )
    assert answers == [{}, {"text": "one\n"}, {}, {"text": "zwei ü"}, {}, {"text": None}, {}]


def test_nobody_but_its_owner_can_read_what_is_written(controller: Controller) -> None:
    controller.ask({"do": "write", "name": "journals/n1.json", "text": "x"})
    assert (controller.folder / "journals/n1.json").stat().st_mode & 0o777 == 0o600
    for folder in (controller.folder / "journals", controller.folder, controller.folder.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", ".hidden", "a/b/c", "", "a b", "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(controller: Controller, name: str) -> None:
    for operation in ({"do": "read", "name": name}, {"do": "write", "name": name, "text": ""}):
        assert "is no name" in controller.ask(operation)["error"]


@pytest.mark.parametrize("name", ["..", "", "a/b", "UPPER", "a b"])
def test_a_clusters_name_that_leads_elsewhere_is_refused(controller: Controller, name: str) -> None:
    assert "is no cluster's name" in controller.ask({"do": "read", "name": "a"}, cluster=name)["error"]


def test_a_second_lock_is_told_who_holds_the_first(controller: Controller) -> None:
    assert controller.answers(lock("1")) == [{"held": None}]
    assert controller.answers(lock("2"))[0]["held"]["holder"] == "me@1"
    assert controller.answers({"do": "read lock"})[0]["held"]["id"] == "1"


def test_a_run_may_take_its_own_lock_again(controller: Controller) -> None:
    assert controller.answers(lock("1"), lock("1")) == [{"held": None}, {"held": None}]


def test_a_lock_is_removed_by_its_own_id_alone(controller: Controller) -> None:
    controller.ask(lock("1"))
    (other,) = controller.answers({"do": "unlock", "id": "2"})
    assert not other["removed"]
    assert other["held"]["id"] == "1"
    assert controller.answers({"do": "unlock", "id": "1"}) == [{"removed": True, "held": None}]
    assert controller.answers({"do": "unlock", "id": "1"}) == [{"removed": False, "held": None}]


def test_a_lock_that_was_cut_off_counts_as_held(controller: Controller) -> None:
    controller.folder.mkdir(parents=True)
    (controller.folder / "lock.json").write_text('{"id": "1", "hol')
    assert controller.answers(lock("2"))[0]["held"] == {"holder": "unknown", "id": "unreadable"}
    assert controller.answers({"do": "unlock", "id": "unreadable"})[0]["removed"]


def test_of_many_that_take_the_lock_at_once_one_gets_it(controller: Controller) -> None:
    code = [sys.executable, "-I", str(PROGRAM)]
    environment = {**os.environ, "CLUSTER_PROVISION_ROOT": str(controller.root)}
    running = [
        subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(6)
    ]
    told = [
        each.communicate(json.dumps({"cluster": "vega", "operations": [lock(str(number))]}))[0]
        for number, each in enumerate(running)
    ]
    assert sum(json.loads(each)["answers"][0]["held"] is None for each in told) == 1


def test_texts_of_a_folder_are_listed_with_their_age(controller: Controller) -> None:
    controller.ask({"do": "write", "name": "runs/1.json", "text": "one"})
    old = controller.folder / "runs/1.json"
    os.utime(old, (old.stat().st_atime, old.stat().st_mtime - 100))
    controller.ask({"do": "write", "name": "runs/2.json", "text": "two"})
    (answer,) = controller.answers({"do": "list", "under": "runs", "texts": True})
    first, second = answer["files"]
    assert (first["name"], first["text"], round(first["age"] / 100)) == ("runs/1.json", "one", 1)
    assert (second["name"], second["text"]) == ("runs/2.json", "two")
    assert second["age"] < 60
    assert controller.answers({"do": "list", "under": "none"}) == [{"files": []}]


def test_the_whole_state_goes_with_its_folders(controller: Controller) -> None:
    controller.ask({"do": "write", "name": "journals/n1.json", "text": "x"}, lock("1"))
    assert controller.answers({"do": "remove all"}) == [{"kept": ""}]
    assert list((controller.root / "var/lib").iterdir()) == []


def test_another_clusters_state_stays(controller: Controller) -> None:
    controller.ask({"do": "write", "name": "a", "text": "x"}, cluster="other")
    controller.ask({"do": "write", "name": "a", "text": "x"})
    assert controller.answers({"do": "remove all"}) == [{"kept": ""}]
    assert controller.ask({"do": "read", "name": "a"}, cluster="other")["answers"] == [{"text": "x"}]


def test_what_lies_beside_the_state_stays_and_is_told(controller: Controller) -> None:
    controller.ask({"do": "write", "name": "a", "text": "x"})
    (controller.folder.parent / "journal.json").write_text("{}")
    (answer,) = controller.answers({"do": "remove all"})
    assert answer["kept"].endswith("vega with journal.json")


def test_a_full_disk_is_told_without_a_traceback(controller: Controller) -> None:
    (controller.root / "var").write_text("no folder")
    assert "cluster-provision" in controller.ask({"do": "write", "name": "a", "text": "x"})["error"]


@pytest.mark.parametrize(
    "request_text", ["", "[]", "{}", '{"cluster": "vega"}', '{"cluster": "vega", "operations": [{}]}']
)
def test_a_request_that_can_not_be_understood_is_told(controller: Controller, request_text: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", PROGRAM], input=request_text, capture_output=True, text=True, check=True
    )
    assert "can't be understood" in json.loads(ended.stdout)["error"]
    assert ended.stderr == ""
