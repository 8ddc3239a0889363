"""What the modules ask for, machine type by machine type. With PROVIDER_MIRROR set, by the provider that is there."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

WITHOUT_GPUS = {"GPU_COUNT": "0"}


# What takes only one kind: the third generation and later, and Arm; bare metal has another kind still.
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"VM_TYPE": "a2-highgpu-2g"}, ""),
        ({"VM_TYPE": "a3-highgpu-8g"}, "GVNIC"),
        ({"VM_TYPE": "t2a-standard-4", "IMAGE_NAME": "arm64", "IMAGE_PROJECT": "mine-1", **WITHOUT_GPUS}, "GVNIC"),
        ({"VM_TYPE": "c3-standard-192-metal", **WITHOUT_GPUS}, ""),
    ],
    ids=["a2", "a3", "arm", "metal"],
)
def test_only_machines_that_take_nothing_else_ask_for_gvnic(
    tool: Tool, settings: dict[str, str], expected: str
) -> None:
    work = tool.folder / "work"
    tool.result("Plan", WORK_DIR=str(work), **settings)
    environment = {**tool.environment, "TF_CLI_CONFIG_FILE": str(work / "terraform.rc")}
    root = work / "terraform" / "gcp" / "vms"
    for command in (["plan", "-out=plan.bin"], ["show", "-json", "plan.bin"]):
        shown = subprocess.run(
            ["terraform", *command], cwd=root, env=environment, capture_output=True, text=True, check=True
        )
    changes = json.loads(shown.stdout)["resource_changes"]
    (template,) = [c["change"]["after"] for c in changes if c["type"] == "google_compute_instance_template"]
    assert [i.get("nic_type") or "" for i in template["network_interface"]] == [expected]
