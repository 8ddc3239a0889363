"""Monitoring of a cluster whose nodes come and go: those that are off are asked by nobody, and so none is down. Each
machine's ops agent is to send what that machine's exporters count, as long as MONITORING=managed says so.

The tests are one story, in this order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from cluster_provision.settings.env_file import read_env_file
from embedded_cloud.engine import names
from tests.e2e.slurm_kit import CONTROLLER, controller_of, create, says, states, until

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]

EXAMPLE = Path(__file__).parents[3] / "examples/gcp-slurm.list"
STANDING = {CONTROLLER, "slurm-demo-login-1"}
# A stand-in of the ops agent, as an image would have it: its package and its unit, without a configuration.
CONTROL = "Package: google-cloud-ops-agent\\nVersion: 2\\nArchitecture: all\\nMaintainer: n\\nDescription: stand-in\\n"
UNIT = "[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\n"
AGENT = (
    "install -d -m 755 /tmp/agent /tmp/agent/DEBIAN /tmp/agent/lib/systemd/system"
    f" && printf '{CONTROL}' >/tmp/agent/DEBIAN/control"
    f" && printf '{UNIT}' >/tmp/agent/lib/systemd/system/google-cloud-ops-agent.service"
    " && dpkg-deb --build /tmp/agent /tmp/agent.deb && dpkg -i /tmp/agent.deb"
)
QUERY = "http://127.0.0.1:9090/api/v1/query?query=up"


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    commands = dict.fromkeys(("NODE_COMMAND", "NODE_COMMAND_CONTROLLER", "NODE_COMMAND_LOGIN"), AGENT)
    return {**read_env_file(EXAMPLE, {}), **commands, "MONITORING": "managed"}


@pytest.fixture(scope="module")
def created(tool: Tool, slurm_image: str, settings: dict[str, str]) -> Finished:
    return create(tool, settings)


@pytest.fixture
def controller(tool: Tool, created: Finished) -> Container:
    return controller_of(tool, created)


def heard(controller: Container) -> dict[str, str]:
    """The machines that Prometheus asks now, and whether they answer."""
    told = json.loads(says(controller, f"curl --silent '{QUERY}'"))
    found = [each for each in told["data"]["result"] if each["metric"]["job"] == "node"]
    return {each["metric"]["instance"]: each["value"][1] for each in found}


def test_prometheus_hears_from_the_machines_that_are_on_and_asks_no_other(
    created: Finished, controller: Container
) -> None:
    assert created.result["connection"]["monitoring"]["tunnel"] == f"Tunnel {CONTROLLER} 9090"
    wanted = dict.fromkeys({*STANDING, "slurm-demo-hpc-1", "slurm-demo-hpc-2"}, "1")
    assert until(lambda: heard(controller) == wanted), heard(controller)


def sent_from(box: Container) -> list[str]:
    """What the machine's ops agent is to ask; nothing while it isn't installed."""
    text = says(box, "cat /etc/google-cloud-ops-agent/config.yaml 2>/dev/null || true")
    receivers = (yaml.safe_load(text) or {"metrics": {"receivers": {}}})["metrics"]["receivers"]
    jobs = receivers.get("prometheus", {"config": {"scrape_configs": []}})["config"]["scrape_configs"]
    return [target for job in jobs for each in job["static_configs"] for target in each["targets"]]


def test_each_machines_agent_is_to_send_what_its_own_exporter_counts(tool: Tool, controller: Container) -> None:
    boxes = [box for box in tool.nodes() if box.labels[names.LABEL_INSTANCE] in {*STANDING, "slurm-demo-hpc-1"}]
    assert len(boxes) == 3
    for box in boxes:
        assert until(lambda box=box: len(sent_from(box)) == 1), sent_from(box)
        (target,) = sent_from(box)
        assert "\nnode_load1 " in says(box, f"curl --silent http://{target}/metrics")


def test_a_node_that_is_powered_off_is_asked_no_more(
    tool: Tool, settings: dict[str, str], controller: Container
) -> None:
    suspended = tool.run("Suspend", settings, "slurm-demo-hpc-2")
    assert suspended.code == 0, suspended.told
    assert until(lambda: states(controller)["slurm-demo-hpc-2"] == "drain~")
    wanted = dict.fromkeys({*STANDING, "slurm-demo-hpc-1"}, "1")
    assert until(lambda: heard(controller) == wanted), heard(controller)


def test_nothing_is_sent_any_more_once_the_machines_watch_themselves_alone(
    tool: Tool, settings: dict[str, str], controller: Container
) -> None:
    changed = tool.run("Create", {**settings, "MONITORING": "local"})
    assert changed.code == 0, changed.told
    assert until(lambda: sent_from(controller) == []), sent_from(controller)


def test_destroy_leaves_nothing(tool: Tool, settings: dict[str, str], controller: Container) -> None:
    destroyed = tool.run("Destroy", settings)
    assert destroyed.code == 0, destroyed.told
    assert tool.traces() == []
