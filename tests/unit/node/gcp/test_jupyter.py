"""The notebook that the image brings."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.node.trial import FakeCloud, Machine


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only("jupyter")


def jupyter_step(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next((s for s in record["steps"] if s["name"] == "jupyter"), {})
    return found


def test_a_notebook_that_answers_is_recorded(machine: Machine, cloud: FakeCloud) -> None:
    machine.configure(notebook=True)
    machine.environment["JUPYTER_SERVICE"] = "0"
    cloud.jupyter = True

    machine.start()

    assert jupyter_step(cloud.record_when(lambda r: r["status"] == "ready"))["status"] == "ok"


def test_an_image_without_a_notebook_is_no_failure(machine: Machine) -> None:
    machine.configure(notebook=True)

    machine.start()

    assert machine.step("jupyter")["status"] == "skipped"


def test_a_slow_notebook_does_not_delay_the_command(machine: Machine, cloud: FakeCloud) -> None:
    machine.configure(notebook=True)
    machine.environment.update(JUPYTER_SERVICE="0", JUPYTER_LIMIT="20")
    cloud.metadata["attributes/cluster-startup-command"] = "true"

    script = threading.Thread(target=machine.start)
    script.start()

    ready = cloud.record_when(lambda r: r["status"] == "ready")
    assert jupyter_step(ready)["status"] == "running"
    cloud.jupyter = True
    assert jupyter_step(cloud.record_when(lambda r: jupyter_step(r).get("status") == "ok"))["optional"] is True
    script.join()


def test_a_notebook_that_never_answers_does_not_fail_the_node(machine: Machine, cloud: FakeCloud) -> None:
    machine.configure(notebook=True)
    machine.environment["JUPYTER_SERVICE"] = "0"

    done = machine.start()

    assert done.returncode == 0
    record = cloud.record_when(lambda r: jupyter_step(r).get("status") == "failed")
    assert record["status"] == "ready"
    assert "did not answer" in jupyter_step(record)["tail"]


def test_one_listing_tells_which_notebooks_run(machine: Machine, cloud: FakeCloud) -> None:
    machine.configure(notebook=True)
    machine.environment["JUPYTER_SERVICE"] = "0"

    machine.start()

    for upload in cloud.uploads:
        step = jupyter_step(upload["record"])
        assert upload["about"]["metadata"].get("jupyter") == step.get("status")
    assert cloud.uploads[-1]["about"]["metadata"]["jupyter"] == "failed"
    assert cloud.uploads[-1]["about"]["metadata"]["status"] == "ready"
