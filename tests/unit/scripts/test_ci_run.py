"""CI's last line sums up the tests, and nothing is left behind, whatever fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
MAKE = """
echo "make $*"
case "$1" in
  demo) mkdir -p .cache/engine; touch .cache/engine/started ;;
  test) echo "120 passed, 9 deselected in 60.10s (0:01:00)"; echo "1 failed, 8 passed in 99.00s"; exit $TESTS_END ;;
esac
"""


def program(file: Path, body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/bash\n{body}\n")
    file.chmod(0o755)


def ci_run(tmp_path: Path, *, code: int = 0, engine: str = "true") -> subprocess.CompletedProcess[str]:
    """CI where the tests end with a code, on an engine whose `docker` does that."""
    program(tmp_path / "bin/docker", engine)
    program(tmp_path / "bin/make", MAKE)
    for name in ("demo_down.sh", "engine.sh"):
        program(tmp_path / "scripts" / name, f'echo "{name} $*"')
    (tmp_path / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci" / "run", tmp_path / ".ci")
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "TESTS_END": str(code), "CI": "true"}
    return subprocess.run([tmp_path / ".ci/run"], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 2])
def test_its_last_line_sums_up_and_it_cleans_up(tmp_path: Path, code: int) -> None:
    ran = ci_run(tmp_path, code=code)
    assert ran.returncode == code
    said = ran.stdout.splitlines()
    commands = ["make demo", "make checkov", "make test", "make demo-down"]
    assert [line for line in said if line.startswith("make")] == (commands[:-1] if code else commands)
    assert said[-3:] == ["demo_down.sh --force", "engine.sh release", "128 passed, 1 failed"]


@pytest.mark.parametrize(("engine", "first"), [("true", "make demo"), ("false", "engine.sh start")])
def test_it_clears_away_what_died_with_an_engine_that_does_not_run(tmp_path: Path, engine: str, first: str) -> None:
    said = ci_run(tmp_path, engine=engine).stdout.splitlines()
    assert said[0] == first
    assert (said.index("demo_down.sh --force") < said.index("make demo")) == (engine == "false")
