"""The archive of what a cluster's machines run."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from cluster_provision.slurm.program import ENTRIES, ROOT, program, program_files

OLDEST = Path.home() / ".pyenv/versions/3.10.13/bin/python3"
"""The oldest Python on the images, where this machine has one."""


def _unpacked(folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(program().content), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.parametrize("python", [sys.executable, *([str(OLDEST)] if OLDEST.exists() else [])])
def test_it_needs_nothing_but_pythons_own_library(tmp_path: Path, python: str) -> None:
    entries = [f"{folder.replace('/', '.')}.__main__" for folder in ENTRIES]
    line = f"import sys; sys.path.insert(0, '.'); import {', '.join(entries)}, node.apply, node.facts"
    done = subprocess.run(
        [python, "-I", "-S", "-B", "-c", line], cwd=_unpacked(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_has_the_scripts_and_samples_that_slurm_runs() -> None:
    assert {"node/slurm/prolog.sh", "node/slurm/samples/README"} <= program_files().keys()


def test_what_the_tool_alone_needs_stays_at_home() -> None:
    files = program_files()
    assert files["cluster_provision/settings/__init__.py"] == b""
    assert not {name for name in files if name.startswith(("cluster_provision/targets", "terraform", "embedded_cloud"))}


def test_equal_sources_make_the_same_archive_whenever_and_wherever(tmp_path: Path) -> None:
    for folder in ("cluster_provision", "node"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1))
    assert program(tmp_path) == program()


def test_its_name_changes_with_its_content(tmp_path: Path) -> None:
    for folder in ("cluster_provision", "node"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "node/slurm/samples/README").write_text("another")
    assert program(tmp_path).name != program().name


def test_its_members_are_in_order_and_bear_no_time() -> None:
    with tarfile.open(fileobj=io.BytesIO(program().content)) as archive:
        names = archive.getnames()
    assert names == sorted(names)
    assert program().content[4:8] == b"\0\0\0\0"  # RFC 1952: the time in gzip's header
    assert gzip.decompress(program().content)
