"""The tool's programs for machines run by themselves, wherever they are sent."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cluster_provision.fleet.programs import FACTS, STORE, program_text

REQUESTS = {FACTS: {}, STORE: {"cluster": "vega", "operations": []}}
NODE = Path(__file__).parents[3] / "node"
PROGRAMS = [*NODE.glob("*.py"), *NODE.glob("looks/*.py"), *NODE.glob("machine/*.py")]


@pytest.mark.parametrize("name", list(REQUESTS))
def test_a_program_needs_nothing_but_python_and_its_request(name: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program_text(name)],
        input=json.dumps(REQUESTS[name]),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "CLUSTER_PROVISION_ROOT": str(tmp_path)},
        check=True,
    )
    assert ended.stderr == ""
    assert isinstance(json.loads(ended.stdout), dict)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_a_program_imports_pythons_library_and_its_own_parts_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for each in ast.walk(tree)
        for name in (
            [alias.name for alias in each.names]
            if isinstance(each, ast.Import)
            else [each.module or ""]
            if isinstance(each, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {*sys.stdlib_module_names, "node"}
