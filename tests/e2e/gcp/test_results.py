"""A batch job as one run: two machines boot, the command runs, what it leaves comes home, and the cluster is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

SETTINGS = {
    "PROJECT_ID": "e2e-project-3",
    "NAME_PREFIX": "batch",
    "ZONE": "us-central1-a",
    "INSTANCE_COUNT": "2",
    "VM_TYPE": "n1-standard-8",
    "SHOW_PROXY_URL": "no",
    "DISABLE_OPS_AGENT": "true",
    "CLEANUP_ON_EXIT": "yes",
    "WAIT_FOR_STARTUP_COMMAND": "yes",
    "STARTUP_COMMAND": "mkdir -p /var/tmp/results; hostname >/var/tmp/results/name; "
    "ln -s /etc/passwd /var/tmp/results/out; echo result=$((40 + 2))",
    "RESULTS_DIR": "/var/tmp/results",
    "OUTPUT_DIR": "/results",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is mounted for results."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def created(tool: Tool, here: Path) -> Finished:
    return replace(tool, mounts={**tool.mounts, str(here): "/results"}).run("Create", SETTINGS)


def test_the_output_and_the_folder_of_each_machine_are_here(created: Finished, here: Path) -> None:
    assert created.code == 0, created.told
    outputs = created.result["outputs"]
    assert [each["text"] for each in outputs] == ["result=42\n"] * 2
    for each in outputs:
        own = here / each["node"]
        assert (own / "output.log").read_text() == "result=42\n"
        assert (own / "results/name").read_text().strip() == each["node"]
        assert not (own / "results/out").is_symlink()
        assert "left out" in each["note"]
        assert each["archive"].startswith("gs://")


def test_the_cluster_is_gone(tool: Tool, created: Finished) -> None:
    assert created.code == 0, created.told
    assert tool.nodes() == []
