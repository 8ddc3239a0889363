"""The working folder holds the modules and what was rendered into them."""

import errno
from pathlib import Path

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.terraform import workspace
from cluster_provision.terraform.workspace import open_workspace, render


def test_rendered_values_are_literals(tmp_path: Path) -> None:
    opened = open_workspace(tmp_path / "w", "gcp/vms", locked_providers=True)
    render(opened, ("gcs", {"bucket": "b", "prefix": "p"}), {"startup_command": 'echo "${HOME}" %{x}', "count": 2})
    assert 'startup_command = "echo \\"$${HOME}\\" %%{x}"' in (opened.root / "cluster.auto.tfvars").read_text()
    assert 'backend "gcs" {\n    bucket = "b"\n    prefix = "p"\n  }' in (opened.root / "backend.tf").read_text()


def test_an_earlier_backend_file_is_removed_when_there_is_no_backend(tmp_path: Path) -> None:
    opened = open_workspace(tmp_path / "w", "gcp/vms", locked_providers=True)
    render(opened, ("gcs", {"bucket": "b"}), {})
    assert (opened.root / "backend.tf").exists()
    render(opened, None, {})
    assert not (opened.root / "backend.tf").exists()


def test_the_lock_file_is_left_out_where_providers_come_from_elsewhere(tmp_path: Path) -> None:
    assert (open_workspace(tmp_path / "a", "gcp/vms", locked_providers=True).root / workspace.LOCK_FILE).exists()
    assert not (open_workspace(tmp_path / "b", "gcp/vms", locked_providers=False).root / workspace.LOCK_FILE).exists()


def test_a_lock_file_of_an_earlier_run_does_not_hold_for_other_providers(tmp_path: Path) -> None:
    assert (open_workspace(tmp_path, "gcp/vms", locked_providers=True).root / workspace.LOCK_FILE).exists()
    assert not (open_workspace(tmp_path, "gcp/vms", locked_providers=False).root / workspace.LOCK_FILE).exists()


def test_imports_of_a_killed_run_are_not_made_by_the_next(tmp_path: Path) -> None:
    opened = open_workspace(tmp_path, "gcp/vms", locked_providers=True)
    (opened.root / workspace.IMPORTS_FILE).write_text("import {}\n")
    open_workspace(tmp_path, "gcp/vms", locked_providers=True)
    assert not (opened.root / workspace.IMPORTS_FILE).exists()


def test_other_files_in_work_dir_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    open_workspace(tmp_path, "gcp/vms", locked_providers=True)
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_full_disk_is_said_with_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_workspace(tmp_path / "w", "gcp/vms", locked_providers=True)

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(MachineError, match=r"cluster\.auto\.tfvars: the disk is full"):
        render(opened, None, {"a": 1})


def test_a_work_dir_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="not a folder"):
        open_workspace(tmp_path / "file", "gcp/vms", locked_providers=True)
