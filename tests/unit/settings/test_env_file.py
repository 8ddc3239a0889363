"""Env files as Docker 28.2.2 reads them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings.env_file import read_env_file

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"A=1\nB=2\n", {"A": "1", "B": "2"}),
        (b"\xef\xbb\xbfA=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        (b"# comment\n\n   # another\n  A=1\n", {"A": "1"}),
        (b'A="1" # no comment \n', {"A": '"1" # no comment '}),
        (b"A=$B \\ 'x'=y", {"A": "$B \\ 'x'=y"}),
        (b"A=\n", {"A": ""}),
        (b"HOST_HAS\nHOST_LACKS\n", {"HOST_HAS": "host"}),
        (b"A=1\nA=2\n", {"A": "2"}),
        (b"", {}),
    ],
)
def test_lines_are_read_as_docker_reads_them(tmp_path, content, found):
    (tmp_path / "file").write_bytes(content)
    assert read_env_file(tmp_path / "file", {"HOST_HAS": "host"}) == found


@pytest.mark.parametrize("line", ["=x", "export A=1", "A =1", "A B"])
def test_lines_that_docker_refuses_are_named(tmp_path, line):
    (tmp_path / "file").write_text(f"GOOD=1\n{line}\n")
    with pytest.raises(SettingsError) as failure:
        read_env_file(tmp_path / "file", {})
    assert "line 2" in failure.value.problems[0]


def test_a_file_that_is_missing_or_no_utf8_is_named(tmp_path):
    (tmp_path / "latin").write_bytes(b"A=\xff")
    for name in ("missing", "latin"):
        with pytest.raises(SettingsError) as failure:
            read_env_file(tmp_path / name, {})
        assert name in failure.value.problems[0]


def run_with(file: Path, *command: str) -> subprocess.CompletedProcess[str]:
    module = [sys.executable, "-m", "cluster_provision.settings.env_file", str(file)]
    environ = {"PATH": os.environ["PATH"], "STRAY": "yes"}
    return subprocess.run([*module, *command], capture_output=True, text=True, cwd=ROOT, env=environ, check=False)


def test_a_command_is_run_with_the_files_variables_and_none_of_the_callers(tmp_path):
    (tmp_path / "file").write_text('A="1 2"\n')
    shown = "import os; print(os.environ['A'], 'STRAY' in os.environ, 'PATH' in os.environ)"
    ended = run_with(tmp_path / "file", sys.executable, "-c", shown)
    assert (ended.returncode, ended.stdout) == (0, '"1 2" False True\n')


def test_a_bad_file_ends_with_the_code_for_bad_settings(tmp_path):
    ended = run_with(tmp_path / "missing", "true")
    assert ended.returncode == 2
    assert "missing" in ended.stderr and "Traceback" not in ended.stderr
