"""What a report on a node takes from its machine and its record."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.errors import NotReady, SettingsError
from cluster_provision.node import NodeHealth, NodeRecord
from cluster_provision.targets.azure.reports import complaint_in, report_on

MACHINE = ScaleSetMachine("vm-1", "4711", "eastus-1", "demo", "10.0.0.4", "RUNNING", id="/subscriptions/s/vm-1")
COMPLAINT = complaint_in("vm-1 hpcmissinggpu")


def store(record: NodeRecord | None) -> Any:
    return SimpleNamespace(node_record=lambda name: record if name == "vm-1" else None)


def record(instance: str = "4711", **told: Any) -> NodeRecord:
    return NodeRecord("vm-1", instance, "ready", "done", **told)


def test_the_category_is_read_in_any_case_and_gives_the_words_where_there_are_none() -> None:
    assert (COMPLAINT.node, COMPLAINT.category) == ("vm-1", "Resource.Hpc.Unhealthy.HpcMissingGpu")
    assert COMPLAINT.description == "A GPU is missing"
    assert complaint_in("vm-1  NvLink GPU 3 and 4").description == "GPU 3 and 4"


@pytest.mark.parametrize(
    ("argument", "told"), [("vm-1", "is missing"), ("vm-1 Broken it is", "'Broken' is no category")]
)
def test_another_category_is_refused_with_those_that_azure_takes(argument: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        complaint_in(argument)
    assert "  IBPortDown: An InfiniBand port is down" in refused.value.advice


@pytest.mark.parametrize("there", [record(host="BN4PRD"), record(health=NodeHealth("unhealthy", (), "BN4PRD"))])
def test_the_physical_machine_is_the_one_in_the_nodes_record(there: NodeRecord) -> None:
    report = report_on([MACHINE], store(there), COMPLAINT)
    assert (report.host, report.resource) == ("BN4PRD", "/subscriptions/s/vm-1")


@pytest.mark.parametrize("there", [None, record(), record("4710", host="BN4PRD")])
def test_without_a_record_of_this_machine_that_names_it_nothing_is_reported(there: NodeRecord | None) -> None:
    with pytest.raises(NotReady, match="the physical machine of vm-1 isn't known"):
        report_on([MACHINE], store(there), COMPLAINT)


def test_a_node_that_isnt_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="no node 'vm-9'; those that are on are vm-1"):
        report_on([MACHINE], store(None), complaint_in("vm-9 NvLink"))
