"""What docs/targets.md says, and no more, makes a target that can be created, looked at and destroyed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("cluster_provision", "cloud_facts", "embedded_cloud", "terraform", "node")
GUIDE = (PROJECT / "docs/targets.md").read_text().partition("## How to add a target")[2]

NEW_FILE = re.compile(r"^ +`([^`\n]+)`\n +```\w+\n(.*?)^ +```$", re.MULTILINE | re.DOTALL)
CHANGE = re.compile(r"^ +\| `([^`]+\.py)` \| (`.+?`) \| (`.+`) \|$", re.MULTILINE)


def follow_the_guide(copy: Path) -> None:
    """Do what the guide says in a copy of the project."""
    for path, text in NEW_FILE.findall(GUIDE):
        file = copy / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
    for path, old, new in CHANGE.findall(GUIDE):
        file = copy / path
        text = file.read_text()
        assert lines(old) in text, f"{path} has no {lines(old)!r}"
        file.write_text(text.replace(lines(old), lines(new)))


def lines(cell: str) -> str:
    """A table's cell as lines of code."""
    return "\n".join(part.removeprefix("`").removesuffix("`") for part in cell.split("<br>"))


def test_the_smallest_target_comes_and_goes_by_the_guide_alone(tool: Tool, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    for name in PACKAGES:
        if (PROJECT / name).exists():
            shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".terraform"))
    shutil.copy(PROJECT / "entrypoint.py", copy)
    assert len(NEW_FILE.findall(GUIDE)) == 6
    assert len(CHANGE.findall(GUIDE)) == 3
    follow_the_guide(copy)

    def solo(action: str) -> str:
        command = [sys.executable, str(copy / "entrypoint.py"), action]
        ran = subprocess.run(
            command, env=tool.variables(ORCHESTRATOR_TYPE="solo"), capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert "Cluster demo is ready" in solo("Create")
    assert "solo: ok, in the state" in solo("Status")
    assert "Cluster demo is gone" in solo("Destroy")
    assert tool.left() == []
