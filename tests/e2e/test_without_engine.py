"""Where no container engine can be had, the demo says so and rehearses the same env file without booted nodes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine whose user is not root and whose engine does not answer."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "id").write_text("#!/bin/sh\necho 1000\n")
    (programs / "id").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}:{PROJECT / '.cache/bin'}"
    socket, folder = tmp_path / "none.sock", tmp_path / "cloud"
    return {"PATH": path, "HOME": str(tmp_path), "DOCKER_HOST": f"unix://{socket}", "DEMO_FOLDER": str(folder)}


def test_the_demo_is_rehearsed_without_booted_nodes_and_destroyed(machine: dict[str, str]) -> None:
    created = script("demo.sh", machine)
    assert created.returncode == 0, created.stderr
    assert "no container engine here: installing one needs root" in created.stderr.splitlines()[0]
    assert "is ready: 2 nodes" in created.stdout
    destroyed = script("demo_down.sh", machine)
    assert destroyed.returncode == 0, destroyed.stderr
    assert not Path(machine["DEMO_FOLDER"]).exists()


def script(name: str, machine: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(PROJECT / "scripts" / name)]
    return subprocess.run(command, env=machine, capture_output=True, text=True, timeout=120, check=False)
