"""MONITORING=managed: the controller's Prometheus writes to Azure Monitor, by a token of its own identity.

The tests are one story, in this order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file
from tests.e2e.slurm_kit import controller_of, create, says, until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

EXAMPLE = Path(__file__).parents[3] / "examples/azure-slurm.list"
METRICS = "curl --silent http://127.0.0.1:9090/metrics"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    own = {"SSH_KEY_FILE": "/usr/aiinfra/copy/key", "MONITORING": "managed", "INSTANCE_COUNT": "0"}
    return {**read_env_file(EXAMPLE, {}), **own}


@pytest.fixture(scope="module")
def created(tool: Tool, slurm_image: str, settings: dict[str, str]) -> Finished:
    return create(tool, settings)


@pytest.fixture
def controller(tool: Tool, created: Finished) -> Container:
    return controller_of(tool, created)


def written(controller: Container) -> dict[str, float]:
    """How many samples went, by Prometheus' own count."""
    found: dict[str, float] = {}
    for line in says(controller, METRICS).splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith("prometheus_remote_storage_samples"):
            found[name.partition("{")[0]] = found.get(name.partition("{")[0], 0) + float(value)
    return found


def test_samples_are_taken_and_none_is_refused(created: Finished, controller: Container) -> None:
    assert "dashboards" in {step["name"] for step in created.result["steps"]}
    sent = "prometheus_remote_storage_samples_total"
    assert until(lambda: written(controller).get(sent, 0) > 0), written(controller)
    assert written(controller)["prometheus_remote_storage_samples_failed_total"] == 0
    assert says(controller, "stat --format='%a %U' /run/cluster-monitoring/token") == "400 prometheus"


def test_destroy_leaves_nothing(tool: Tool, settings: dict[str, str], controller: Container) -> None:
    destroyed = tool.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert tool.traces() == []
