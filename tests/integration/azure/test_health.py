"""The health of a scale set's machines: the gate of Create, Health, Status, and a machine that is replaced."""

from __future__ import annotations

import pytest

from tests.integration.azure.tool import SCALE_SET, AzureTool

UNIFORM = {"ORCH_MODE": "Uniform"}


@pytest.fixture
def azure(azure: AzureTool) -> AzureTool:
    """A cloud whose second machine of the first scale set has a sick GPU."""
    azure.has(machines={"vm-000001": {"sick_gpus": [0]}})
    return azure


def test_a_strict_gate_stops_at_a_sick_machine_until_it_is_replaced(azure: AzureTool) -> None:
    stopped = azure.result("Create", expected=22, HEALTH_GATE="strict", **UNIFORM)

    error = stopped["error"]
    assert error["class"] == "Unhealthy"
    assert "vm-000001: unhealthy" in error["message"]
    assert "NHC2019" in error["message"]
    assert "az vmss delete-instances --resource-group demo-rg --name demo --instance-ids 1" in error["advice"]
    assert {n["name"]: n["health"] for n in stopped["nodes"]} == {"vm-000000": "healthy", "vm-000001": "unhealthy"}
    assert {c["name"]: c["status"] for c in stopped["checks"]}["health"] == "failed"
    assert azure.no_changes(HEALTH_GATE="strict", **UNIFORM)

    health = azure.result("Health", expected=22, **UNIFORM)["health"]
    assert (health["verdict"], health["healthy"], health["unhealthy"]) == ("unhealthy", 1, 1)
    sick = next(each for each in health["nodes"] if each["verdict"] == "unhealthy")
    assert sick["name"] == "vm-000001"
    assert sick["checks"][0]["faults"] == ["NHC2019"]
    assert azure.result("Status", expected=22, **UNIFORM)["nodes"] == stopped["nodes"]
    assert azure.run("Report", "vm-000001 DBEOverLimit", **UNIFORM).stdout.startswith("Nothing was sent.")
    sent = azure.result("Report", "vm-000001 DBEOverLimit", YES="yes", **UNIFORM)["checks"][-1]
    kept = azure.arm("GET", sent["detail"], version="2025-01-01-preview")["properties"]
    assert kept["impactedResourceId"].endswith("/virtualMachineScaleSets/demo/virtualMachines/1")
    (host,) = [node["host"] for node in stopped["nodes"] if node["name"] == "vm-000001"]
    assert host
    assert kept["additionalProperties"]["PhysicalHostName"] == host

    azure.arm("POST", f"{SCALE_SET}/delete", {"instanceIds": ["1"]}, version="2025-04-01")
    mended = azure.result("Create", HEALTH_GATE="strict", **UNIFORM)
    assert {n["health"] for n in mended["nodes"]} == {"healthy"}
    assert "vm-000001" not in {n["name"] for n in mended["nodes"]}
    said = azure.run("Health", **UNIFORM)
    assert said.returncode == 0
    assert said.stdout.splitlines()[-1] == "2 healthy"


def test_the_default_gate_says_so_and_goes_on_and_without_a_gate_nothing_is_known(azure: AzureTool) -> None:
    warned = azure.run("Create", **UNIFORM)
    assert warned.returncode == 0
    assert "Warning: not every node is healthy (1 healthy, 1 unhealthy)" in warned.stderr
    assert "check_ecc" in warned.stderr
    azure.result("Destroy", **UNIFORM)

    made = azure.result("Create", HEALTH_GATE="off", **UNIFORM)
    assert "health" not in [step["name"] for step in made["steps"]]
    assert made["health"] is None
    status = azure.result("Status", HEALTH_GATE="off", **UNIFORM)
    assert {c["name"]: c["status"] for c in status["checks"]}["health"] == "skipped"
    health = azure.result("Health", expected=22, HEALTH_GATE="off", **UNIFORM)
    assert (health["health"]["verdict"], health["health"]["not_checked"]) == ("", 2)


def test_there_being_no_machines_is_said_before_there_is_even_a_storage_account(azure: AzureTool) -> None:
    told = azure.result("Health", expected=21)
    assert "there are no machines of cluster demo" in told["error"]["message"]
    told = azure.result("Status", expected=21)
    assert "there is no cluster demo" in told["error"]["message"]
