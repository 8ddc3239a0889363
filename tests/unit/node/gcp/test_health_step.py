"""The health step of a Google machine: its programs come in the startup script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.node.trial import NODE_FOLDER

if TYPE_CHECKING:
    from tests.unit.node.trial import FakeCloud, Machine

EXPECTED = {"type": "n2-standard-4", "model": None, "nvlinks": None, "local_ssds": 0}


def test_the_programs_are_put_into_opt_byte_for_byte_whatever_the_gate(machine: Machine) -> None:
    machine.only("health")
    machine.start()

    for name in (NODE_FOLDER / "gcp/programs").read_text().split():
        placed = machine.root / "opt" / name.removeprefix("gcp/").removeprefix("opt/")
        assert placed.read_bytes() == (NODE_FOLDER / name).read_bytes()
    assert machine.step("health")["status"] == "skipped"
    assert machine.record()["health"] == {}


def test_the_checks_run_once_and_their_verdict_is_in_the_objects_metadata(machine: Machine, cloud: FakeCloud) -> None:
    machine.only("health")
    machine.configure(health={"gate": "on", "before_command": False}, expected=EXPECTED)
    machine.start()

    found = cloud.record_when(lambda record: record["health"].get("verdict") == "skipped")
    assert [(c["name"], c["status"]) for c in found["health"]["checks"]] == [
        ("machine", "skipped"),
        ("dcgm", "skipped"),
    ]
    assert cloud.uploads[-1]["about"]["metadata"]["health"] == "skipped"
    machine.start()
    assert machine.step("health")["status"] == "ok"


def test_the_command_begins_when_the_checks_have_ended(machine: Machine, cloud: FakeCloud) -> None:
    machine.only("health")
    machine.cloud.metadata["attributes/cluster-startup-command"] = (
        f"cp {machine.root}/var/lib/cluster/health.json {machine.root}/when-the-command-began"
    )
    machine.configure(health={"gate": "on", "before_command": True}, expected=EXPECTED)
    machine.start()

    cloud.record_when(lambda record: record["step"] == "done")
    assert '"verdict": "skipped"' in (machine.root / "when-the-command-began").read_text()
