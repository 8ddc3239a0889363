"""Which Terraform runs: the one that `make setup` chose, else the one on PATH."""

import sys
from pathlib import Path

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.terraform.binary import find_terraform


def terraform(folder: Path) -> str:
    folder.mkdir(parents=True)
    program = folder / "terraform"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def virtual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a virtual environment's programs, of which this interpreter is one."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    return tmp_path / "venv/bin"


def test_the_one_beside_this_python_comes_before_path(virtual: Path, tmp_path: Path) -> None:
    terraform(tmp_path / "path")
    assert find_terraform(str(tmp_path / "path")) == str(tmp_path / "path/terraform")
    assert terraform(virtual) == find_terraform(str(tmp_path / "path"))


def test_outside_of_virtual_environments_path_alone_decides(virtual: Path, tmp_path: Path) -> None:
    terraform(virtual)
    on_path = terraform(tmp_path / "path")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "prefix", sys.base_prefix)
        assert find_terraform(str(tmp_path / "path")) == on_path


def test_none_at_all_says_how_to_get_one(virtual: Path, tmp_path: Path) -> None:
    with pytest.raises(MachineError) as caught:
        find_terraform(str(tmp_path))
    assert "Install Terraform" in caught.value.advice
