"""What the modules ask for, machine type by machine type. With PROVIDER_MIRROR set, by the provider that is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

STATE = "demo-deployment/terraform/state/default.tfstate"
WITHOUT_GPUS = {"GPU_COUNT": "0"}
# What takes only one kind: the third generation and later, and Arm; bare metal has another kind still.
NETWORK_INTERFACES = [
    ({"VM_TYPE": "a2-highgpu-2g"}, ""),
    ({"VM_TYPE": "n1-standard-4", **WITHOUT_GPUS}, ""),
    ({"VM_TYPE": "a3-highgpu-8g"}, "GVNIC"),
    ({"VM_TYPE": "t2a-standard-4", **WITHOUT_GPUS}, "GVNIC"),
    ({"VM_TYPE": "c3-standard-192-metal", **WITHOUT_GPUS}, ""),
]


def test_only_machines_that_take_nothing_else_ask_for_gvnic(tool: Tool) -> None:
    for settings, expected in NETWORK_INTERFACES:
        tool.result("Create", 0, **settings)
        state = json.loads(tool.bucket().blob(STATE).download_as_text())
        (template,) = [r for r in state["resources"] if r["type"] == "google_compute_instance_template"]
        (interface,) = template["instances"][0]["attributes"]["network_interface"]
        assert (settings["VM_TYPE"], interface["nic_type"] or "") == (settings["VM_TYPE"], expected)
        assert tool.result("Plan", 0, **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
