"""What the user's command leaves comes home where a run asks for it, and otherwise nothing does."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.node.trial import FakeCloud, Machine

DEPLOYMENT = "d/abc-deployment"
COMMAND = "attributes/cluster-startup-command"
OUTPUT = f"{DEPLOYMENT}/nodes/output/abc-vm-x1y2.log"
FOLDER = f"{DEPLOYMENT}/nodes/results/abc-vm-x1y2.tar.gz"


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only()


def asked(cloud: FakeCloud, folder: str = "", *, asked: bool = True) -> None:
    wish = {"schema": 1, "asked": asked, "folder": folder}
    cloud.objects[f"{DEPLOYMENT}/files/results.json"] = json.dumps(wish).encode()


def ended(machine: Machine, cloud: FakeCloud, command: str, status: str = "ok") -> dict[str, Any]:
    """The command's step in the record once it has ended."""
    cloud.metadata[COMMAND] = command
    machine.start()

    def step(record: dict[str, Any]) -> dict[str, Any]:
        return next((s for s in record["steps"] if s["name"] == "command"), {})

    return step(cloud.record_when(lambda record: step(record).get("status") == status))


def test_the_output_is_there_before_the_record_says_that_the_command_has_ended(
    machine: Machine, cloud: FakeCloud
) -> None:
    asked(cloud)
    found = ended(machine, cloud, "echo result=42; echo and more >&2")["results"]
    assert cloud.objects[OUTPUT] == b"result=42\nand more\n"
    assert found == {"output": 19, "folder": None, "left_out": 0, "note": ""}


def test_the_output_of_a_command_that_failed_comes_home_too(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud)
    ended(machine, cloud, "echo half of it; exit 3", "failed")
    assert cloud.objects[OUTPUT] == b"half of it\n"


@pytest.mark.parametrize("wish", [True, False])
def test_nothing_is_uploaded_where_nobody_asks(machine: Machine, cloud: FakeCloud, wish: bool) -> None:
    if wish:
        asked(cloud, "/results", asked=False)
    assert "results" not in ended(machine, cloud, "echo result=42")
    assert not [name for name in cloud.objects if "/nodes/" in name]


def test_the_folder_comes_as_an_archive(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud, "/results")
    found = ended(machine, cloud, 'mkdir -p "$NODE_ROOT/results/a"; echo 42 >"$NODE_ROOT/results/a/it"')["results"]
    content = cloud.objects[FOLDER]
    assert found["folder"] == len(content)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        held = archive.extractfile("./a/it")
        assert held is not None
        assert held.read() == b"42\n"


def test_a_folder_that_is_not_there_is_a_note(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud, "/results")
    found = ended(machine, cloud, "true")["results"]
    assert found["folder"] is None
    assert found["note"].startswith("there is no folder")


def test_a_folder_that_is_too_large_is_left_with_a_word(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud, "/results")
    machine.environment["RESULTS_MOST"] = "50000"
    command = 'mkdir -p "$NODE_ROOT/results"; head -c 60000 /dev/zero >"$NODE_ROOT/results/large"'
    found = ended(machine, cloud, command)["results"]
    assert "was not fetched" in found["note"]
    assert FOLDER not in cloud.objects


def test_of_a_long_output_the_end_comes(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud)
    machine.environment["OUTPUT_MOST"] = "10"
    found = ended(machine, cloud, "printf '0123456789abcdef'")["results"]
    assert (found["left_out"], found["output"]) == (6, 10)
    assert cloud.objects[OUTPUT] == b"6789abcdef"


def test_an_upload_that_is_refused_is_a_note_and_fails_nothing(machine: Machine, cloud: FakeCloud) -> None:
    asked(cloud, "/results")
    machine.environment["RESULTS_LIMIT"] = "0"
    cloud.media_refused = True
    found = ended(machine, cloud, 'mkdir "$NODE_ROOT/results"')["results"]
    assert (found["output"], found["folder"]) == (None, None)
    assert found["note"].startswith("the output could not be uploaded; ")
