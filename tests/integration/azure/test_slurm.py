"""CLOUD=azure, ORCHESTRATOR_TYPE=slurm: the round trip on the embedded cloud that plays the machines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.azure.tool import SUBSCRIPTION

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

EXAMPLE = Path(__file__).parents[3] / "examples" / "azure-slurm.list"
VERSION = "2025-04-01"


@pytest.fixture
def slurm(azure: AzureTool) -> AzureTool:
    """The tool on examples/azure-slurm.list."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    azure.settings = {**given, "SUBSCRIPTION_ID": SUBSCRIPTION, "NAME_PREFIX": "demo", "RESOURCE_GROUP": "demo-rg"}
    azure.settings.pop("SSH_KEY_FILE")
    return azure


def test_the_example_is_made_proven_looked_at_and_goes_without_a_trace(slurm: AzureTool) -> None:
    created = slurm.result("Create")
    states = {each["name"]: (each["part"], each["status"]) for each in created["nodes"]}
    assert states == {
        "demo-login-1": ("login", "ready"),
        "demo-controller": ("controller", "ready"),
        "demo-hpc-1": ("node", "ready"),
        "demo-hpc-2": ("node", "ready"),
    }
    connection = created["connection"]
    assert connection["head"]["name"] == "demo-login-1"
    assert connection["ssh"]["demo-hpc-1"].startswith(f"ssh -J azureuser@{connection['head']['address']}:")
    assert slurm.no_changes()
    status = slurm.result("Status")
    checks = {each["name"]: each["status"] for each in status["checks"]}
    assert set(checks.values()) == {"ok"}
    assert {"controller", "nodes in Slurm", "proof", "way in"} <= checks.keys()
    slurm.nothing_is_left_after_destroy()
