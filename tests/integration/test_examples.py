"""Every example can be planned on the embedded cloud as it stands, as its first lines say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.env_file import read_env_file

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TO_CREATE = re.compile(r"([a-z]+_[a-z_]+)\.\w+(?:\[\S+\])?: Plan to create$", re.MULTILINE)
UNIFORM, FLEXIBLE = "azurerm_linux_virtual_machine_scale_set", "azurerm_orchestrated_virtual_machine_scale_set"
GROUP = "google_compute_instance_group_manager"
PLANNED = {
    "azure-private": {UNIFORM: 1, "azurerm_nat_gateway": 1, "azurerm_lb": 0, "azurerm_network_security_rule": 0},
    "azure-ray": {FLEXIBLE: 1, "azurerm_lb": 1, "azurerm_network_security_rule": 1},
    "azure-slurm": {UNIFORM: 1, "azurerm_linux_virtual_machine": 2, "azurerm_managed_disk": 1},
    "azure-spot": {FLEXIBLE: 1, "azurerm_lb": 1, "azurerm_network_security_rule": 1},
    "azure-vms": {UNIFORM: 1, "azurerm_lb": 1, "azurerm_network_security_rule": 1},
    "gcp-a3-mega": {GROUP: 1, "google_compute_network": 9, "google_compute_resource_policy": 1},
    "gcp-gke": {GROUP: 0, "google_container_cluster": 1, "google_compute_router_nat": 1},
    "gcp-multi-nic": {GROUP: 1, "google_compute_network": 5, "google_compute_router_nat": 1},
    "gcp-quickstart": {GROUP: 1, "google_compute_network": 0, "google_monitoring_dashboard": 0},
    "gcp-ray": {GROUP: 2, "google_compute_network": 1},
    "gcp-shared-storage": {GROUP: 1, "google_compute_network": 1, "google_filestore_instance": 1},
    "gcp-slurm": {GROUP: 1, "google_compute_instance": 2, "google_compute_disk": 1, "google_compute_network": 1},
    "gcp-spot": {GROUP: 1, "google_compute_network": 0, "google_monitoring_dashboard": 1},
}
"""What an example is about: how many of a type it makes."""

COMPARED = {"existing-slurm": 4}
"""Examples of machines that exist already: how many machines are compared with their plans."""


def test_every_example_is_planned_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*-*.list")} == {*PLANNED, *COMPARED}


@pytest.mark.parametrize("name", PLANNED)
def test_an_example_can_be_planned_as_it_stands(tool: Tool, name: str) -> None:
    work = tool.folder / "work"
    changes = tool.result("Plan", WORK_DIR=str(work), **read_env_file(EXAMPLES / f"{name}.list", {}))["changes"]
    made = Counter(TO_CREATE.findall((work / "terraform.log").read_text()))
    assert changes == {"add": made.total(), "change": 0, "destroy": 0}
    assert {kind: made[kind] for kind in PLANNED[name]} == PLANNED[name]


@pytest.mark.parametrize("name", COMPARED)
def test_an_example_of_existing_machines_can_be_planned_as_it_stands(tool: Tool, name: str) -> None:
    done = tool.run("Plan", **read_env_file(EXAMPLES / f"{name}.list", {}))
    assert done.returncode == 0, done.stderr
    assert f"to change on {COMPARED[name]} machines" in done.stderr
