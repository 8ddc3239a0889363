"""The health of a group's machines: the gate of Create, Health, Status, and a machine that is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

GPUS = {"VM_TYPE": "a2-highgpu-2g", "INSTANCE_COUNT": "2"}


def test_a_sick_machine_is_named_until_its_group_has_made_it_anew(tool: Tool) -> None:
    made = tool.result("Create", HEALTH_GATE="strict", **GPUS)
    assert {n["health"] for n in made["nodes"]} == {"healthy"}
    sick, _ = (n["name"] for n in made["nodes"])
    tool.has(machines={sick: {"sick_gpus": [1]}})
    manager = "zones/us-central1-a/instanceGroupManagers/demo-mig/recreateInstances"
    tool.compute(manager, {"instances": [f"zones/us-central1-a/instances/{sick}"]})

    stopped = tool.result("Create", expected=22, HEALTH_GATE="strict", **GPUS)

    error = stopped["error"]
    assert error["class"] == "Unhealthy"
    assert f"{sick}: unhealthy" in error["message"]
    assert "machine failed: uncorrectable memory errors (ECC): GPU 1: 1" in error["message"]
    assert "recreate-instances demo-mig --project=my-project-1 --zone=us-central1-a" in error["advice"]
    assert f"--instances={sick}" in error["advice"]
    assert tool.result("Plan", HEALTH_GATE="warn", **GPUS)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    looked = tool.result("Health", expected=22, **GPUS)
    assert (looked["gpus_per_node"], looked["price"]) == (2, made["price"])
    health = looked["health"]
    assert (health["verdict"], health["healthy"], health["unhealthy"]) == ("unhealthy", 1, 1)
    status = {c["name"]: c["status"] for c in tool.result("Status", expected=22, **GPUS)["checks"]}
    assert status["health"] == "failed"

    tool.has()
    tool.compute(manager, {"instances": [f"zones/us-central1-a/instances/{sick}"]})
    tool.result("Create", HEALTH_GATE="strict", **GPUS)
    said = tool.run("Health", **GPUS)
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[-1] == "2 healthy"


@pytest.mark.parametrize("given", [{"VM_TYPE": "n2-standard-4"}, {**GPUS, "HEALTH_GATE": "off"}])
def test_without_gpus_or_a_gate_create_waits_for_no_verdict(tool: Tool, given: dict[str, str]) -> None:
    made = tool.result("Create", **given)
    assert "health" not in [step["name"] for step in made["steps"]]
    checks = {c["name"]: c["status"] for c in tool.result("Status", **given)["checks"]}
    assert checks["health"] == "skipped"


def test_health_takes_no_argument_but_again(tool: Tool) -> None:
    said = tool.run("Health", "vm-000000")

    assert said.returncode == 2
    assert "'vm-000000'" in said.stderr
    assert "again" in said.stderr
