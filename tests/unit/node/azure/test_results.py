"""On Azure too, the command's output and its folder come home as blobs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


def test_the_output_and_the_folder_are_blobs(node: AzureMachine, azure: FakeAzure) -> None:
    wish = {"schema": 1, "asked": True, "folder": "/results"}
    place = "c/d/abc-deployment"
    azure.blobs[f"{place}/files/results.json"] = json.dumps(wish).encode()
    node.configure(startup_command='echo result=42; mkdir "$NODE_ROOT/results"')
    node.start()
    azure.record_when(lambda record: record["step"] == "done")
    found = {name.removeprefix(f"{place}/") for name in azure.blobs}
    names = [name for name in found if name.startswith("nodes/")]
    assert sorted(name.split("/")[1] for name in names) == ["output", "results"]
    output = next(name for name in names if name.endswith(".log"))
    assert azure.blobs[f"{place}/{output}"] == b"result=42\n"
