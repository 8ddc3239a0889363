"""The step that waits for the user's own CLOUD_INIT."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


@pytest.fixture(autouse=True)
def _alone(node: AzureMachine) -> None:
    node.only("cloud-init")


def ended(node: AzureMachine, *errors: str) -> None:
    folder = node.root / "run/cloud-init"
    folder.mkdir(parents=True, exist_ok=True)
    result = {"v1": {"datasource": "DataSourceAzure", "errors": list(errors)}}
    (folder / "result.new").write_text(json.dumps(result))
    (folder / "result.new").rename(folder / "result.json")


def test_the_command_comes_after_it(node: AzureMachine, azure: FakeAzure) -> None:
    node.environment["CLOUD_INIT_LIMIT"] = "20"
    node.configure(cloud_init=True, startup_command=f"cp {node.root}/run/cloud-init/result.json {node.root}/seen")
    waiting = threading.Event()

    def end_it_while_it_is_waited_for() -> None:
        azure.upload_when(lambda u: u["metadata"]["step"] == "cloud-init")
        waiting.set()
        ended(node)

    thread = threading.Thread(target=end_it_while_it_is_waited_for)
    thread.start()
    node.start()
    thread.join()

    assert waiting.is_set()
    assert azure.record_when(lambda r: r["step"] == "done")["status"] == "ready"
    assert node.step("cloud-init")["status"] == "ok"
    assert (node.root / "seen").exists()


def test_what_failed_in_it_fails_the_node(node: AzureMachine) -> None:
    node.configure(cloud_init=True)
    ended(node, "('scripts_user', RuntimeError('Runparts: 1 failures (runcmd) in 2 attempted commands'))")

    node.start()

    assert (node.record()["status"], node.record()["step"]) == ("failed", "cloud-init")
    assert "Runparts: 1 failures (runcmd)" in node.step("cloud-init")["tail"]
    assert "/var/log/cloud-init-output.log" in node.step("cloud-init")["tail"]


def test_one_that_never_ends_fails_the_node_and_says_where_to_look(node: AzureMachine) -> None:
    node.configure(cloud_init=True)
    began = time.monotonic()

    node.start()

    assert node.record()["step"] == "cloud-init"
    assert "still running CLOUD_INIT" in node.step("cloud-init")["tail"]
    assert time.monotonic() - began < 15


def test_without_one_nothing_is_waited_for(node: AzureMachine) -> None:
    ended(node, "('ntp', RuntimeError('no ntp here'))")

    node.start()

    assert node.record()["status"] == "ready"
    assert node.step("cloud-init")["status"] == "skipped"
