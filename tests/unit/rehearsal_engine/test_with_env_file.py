"""An env file means the same without Docker as with it (the rules of its client 28)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "with_env_file.py"
SHOW = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]


def environment(file: Path, **own: str) -> dict[str, str]:
    env = {"PATH": os.environ["PATH"], **own}
    done = subprocess.run([sys.executable, SCRIPT, file, *SHOW], env=env, capture_output=True, text=True, check=True)
    shown: dict[str, str] = json.loads(done.stdout)
    return shown


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("A=b", "A", "b"),
        ('A="b c" # d  ', "A", '"b c" # d  '),
        ("  A=b", "A", "b"),
        ("A=b=$c\\", "A", "b=$c\\"),
        ("A=b\r", "A", "b"),
        ("\ufeffA=b", "A", "b"),
        ("A=", "A", ""),
        ("A=1\nA=2", "A", "2"),
        ("  # A=no\n\nA=b", "A", "b"),
        ("OWN", "OWN", "mine"),
    ],
)
def test_a_value_is_taken_as_it_stands(tmp_path: Path, line: str, name: str, value: str) -> None:
    file = tmp_path / "env.list"
    file.write_bytes(line.encode())
    assert environment(file, OWN="mine")[name] == value


def test_the_callers_own_variables_stay_out(tmp_path: Path) -> None:
    file = tmp_path / "env.list"
    file.write_text("A=b\nUNSET\n")
    shown = environment(file, TF_LOG="trace", ZONE="elsewhere")
    assert shown["A"] == "b"
    assert not {"TF_LOG", "ZONE", "UNSET"} & shown.keys()


@pytest.mark.parametrize("line", ["export A=b", "A =b", "=b"])
def test_a_name_with_white_space_stops_the_run(tmp_path: Path, line: str) -> None:
    file = tmp_path / "env.list"
    file.write_text(f"X=1\n{line}\n")
    done = subprocess.run([sys.executable, SCRIPT, file, "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "line 2" in done.stderr
