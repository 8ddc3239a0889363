"""A startup command that fails on the node fails Create, with its last words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

NODE_SETUP_FAILED = 24
SETTINGS = {
    "PROJECT_ID": "e2e-project-2",
    "NAME_PREFIX": "fails",
    "ZONE": "europe-west4-a",
    "INSTANCE_COUNT": "1",
    "GPU_COUNT": "2",
    "VM_TYPE": "a2-highgpu-2g",
    "ACCELERATOR_TYPE": "nvidia-tesla-a100",
    "IMAGE_FAMILY_NAME": "pytorch-latest-gpu",
    "IMAGE_PROJECT": "deeplearning-platform-release",
    "STARTUP_COMMAND": 'echo "no such data set: /mnt/none"; exit 3',
    "WAIT_FOR_STARTUP_COMMAND": "yes",
}


@pytest.fixture(scope="module")
def created(tool: Tool) -> Finished:
    return tool.run("Create", SETTINGS)


def test_create_fails_with_the_commands_last_lines(created: Finished) -> None:
    assert created.code == NODE_SETUP_FAILED, created.told
    assert "no such data set: /mnt/none" in created.told
    assert created.result["error"]["exit_code"] == NODE_SETUP_FAILED


def test_the_node_is_still_there_to_look_at(tool: Tool, created: Finished) -> None:
    assert [node.status for node in tool.nodes()] == ["running"], created.told


def test_destroy_removes_it_without_a_trace(tool: Tool, created: Finished) -> None:
    destroyed = tool.run("Destroy", SETTINGS)
    assert destroyed.code == 0, destroyed.told + created.told
    assert tool.traces() == []
