"""What an Azure node fetches from Blob storage, and the user's command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.node.azure.kit import archive, packed

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


@pytest.fixture(autouse=True)
def _alone(node: AzureMachine) -> None:
    node.only("files")


def test_copied_files_are_fetched_from_the_container(node: AzureMachine, azure: FakeAzure) -> None:
    azure.blobs["c/d/abc-deployment/files/x y.tar.gz"] = packed("a.txt", "hello")
    node.configure(files=archive("x y", "/copy"))

    node.start()

    assert node.text("/copy/a.txt") == "hello"
    assert node.step("files")["status"] == "ok"


def test_a_blob_that_is_not_there_fails_the_node_by_its_address(node: AzureMachine) -> None:
    node.configure(files=archive("x", "/copy"))

    node.start()

    assert (node.record()["status"], node.record()["step"]) == ("failed", "files")
    assert "/c/d/abc-deployment/files/x.tar.gz: HTTP 404" in node.step("files")["tail"]
    assert "BlobNotFound" in node.step("files")["tail"]


def test_the_command_runs_as_it_was_given(node: AzureMachine, azure: FakeAzure) -> None:
    command = f"printf '%s' \"Grüße ü $((6 * 7))\" >{node.root}/said\n# 'quotes' \"and\" \\backslashes\n"
    node.configure(startup_command=command)

    node.start()

    azure.record_when(lambda r: r["step"] == "done")
    assert node.text("/said") == "Grüße ü 42"
    assert node.text("/var/lib/cluster/startup-command") == command


def test_a_command_that_fails_fails_the_node(node: AzureMachine, azure: FakeAzure) -> None:
    node.configure(startup_command="echo no such file; exit 7")

    node.start()

    record = azure.record_when(lambda r: r["status"] == "failed")
    assert record["step"] == "command"
    assert record["steps"][-1]["tail"].endswith("no such file\nthe startup command ended with status 7")


def test_a_node_that_waits_for_ray_says_in_its_metadata_that_it_is_in_no_cluster(
    node: AzureMachine, azure: FakeAzure
) -> None:
    node.configure(orchestrator={"ray": {"port": 6379}}, cloud_init=False)
    node.command("id", "exit 1")
    node.command("useradd", "exit 1")

    node.start()

    assert azure.uploads[-1]["metadata"]["ray"] == "none"
    assert azure.uploads[-1]["record"]["ray"] is None
