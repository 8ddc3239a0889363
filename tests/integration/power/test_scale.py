"""Hundreds of nodes by one command: how often the cloud is asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.integration.power import clouds
from tests.integration.power.controller import Controller

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Tool
    from tests.unit.node.slurm.services import Services

API = {"gcp": "compute.googleapis.com", "azure": "management.azure.com"}
LISTS = {"gcp": ("POST", "listManagedInstances"), "azure": ("GET", "virtualMachines")}
# Google shows 500 of a group at a time; each of Azure's sets of a hundred is a list of its own.
PAGE = {"gcp": 500, "azure": 100}
MOST_LOOKS = 12
"""A busy machine's cloud takes some of them to have all machines."""


def asked(controller: Controller, tool: Tool, *words: str) -> Counter[str]:
    """What a run of slurm-nodes asks of the cloud's API: methods with the last part of the path, and how often."""
    log, host = tool.folder / "cloud/cloud.log", API[controller.cloud.cluster.cloud]
    before = len(log.read_text().splitlines())
    controller.run(*words)
    lines = [line.split() for line in log.read_text().splitlines()[before:]]
    return Counter(f"{each[1]} {each[2].rpartition('/')[2]}" for each in lines if each[2].startswith(host))


@pytest.mark.parametrize(
    ("cloud", "count"), [("gcp", 1000), ("azure", 300), pytest.param("azure", 1000, marks=pytest.mark.long)]
)
def test_nodes_by_one_command_take_two_calls_a_hundred_and_a_listing_a_look(
    cloud: str, count: int, tool: Tool, services: Services, tmp_path: Path
) -> None:
    sizes = (count,) if cloud == "gcp" else (100,) * (count // 100)
    make = clouds.google if cloud == "gcp" else clouds.azure
    controller = Controller(tmp_path / "controller", make(tool, services, clouds.pool("big", sizes, "set")), services)
    listing = " ".join(LISTS[cloud])
    assert asked(controller, tool, "resume", f"vega-big-[1-{count}]") == {}
    looks: list[Counter[str]] = []
    while len(looks) < MOST_LOOKS and sum(each.ready for each in controller.states().values()) < count:
        looks.append(asked(controller, tool, "sync"))
        controller.go_on()
    assert all(look[listing] <= -(-count // PAGE[cloud]) for look in looks), looks
    calls = sum((look for look in looks), Counter[str]())
    del calls[listing]
    assert sum(calls.values()) <= 2 * count / 100, calls
    assert sum(each.ready for each in controller.states().values()) == count
    assert [each.is_running for each in controller.cloud.machines()] == [True] * count
