"""CLOUD=gcp, ORCHESTRATOR_TYPE=slurm: the round trip on the embedded cloud that plays the machines.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

EXAMPLE = Path(__file__).parents[3] / "examples" / "gcp-slurm.list"


@pytest.fixture
def slurm() -> dict[str, str]:
    """The settings of examples/gcp-slurm.list, but for the project and the name."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    return {name: value for name, value in given.items() if name not in ("PROJECT_ID", "NAME_PREFIX", "ZONE")}


def test_the_example_is_made_proven_looked_at_and_goes_without_a_trace(tool: Tool, slurm: dict[str, str]) -> None:
    created = tool.result("Create", **slurm)
    states = {each["name"]: (each["part"], each["status"]) for each in created["nodes"]}
    assert states == {
        "demo-login-1": ("login", "ready"),
        "demo-controller": ("controller", "ready"),
        "demo-hpc-1": ("node", "ready"),
        "demo-hpc-2": ("node", "ready"),
    }
    shell = "gcloud compute ssh demo-login-1 --project=my-project-1 --zone=us-central1-a --tunnel-through-iap"
    assert created["connection"]["ssh"]["demo-login-1"] == shell
    assert tool.result("Plan", **slurm)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    checks = {each["name"]: each["status"] for each in tool.result("Status", **slurm)["checks"]}
    assert {"controller", "nodes in Slurm", "proof"} <= checks.keys()
    assert set(checks.values()) == {"ok"}
    assert tool.result("Destroy", **slurm)["leftovers"] == []
    assert not tool.bucket().exists()
