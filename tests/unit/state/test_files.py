"""The user's files travel as one archive, named by its content."""

import os
import tarfile
from pathlib import Path

from cluster_provision.state.files import pack_files


def fill(folder: Path) -> Path:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "run.sh").write_text("top")
    (folder / "a" / "run.sh").write_text("nested")
    (folder / "a" / "b" / "run.sh").write_text("deeper")
    (folder / "run.sh").chmod(0o755)
    return folder


def test_nested_folders_and_equal_names_stay_apart(tmp_path: Path) -> None:
    archive = pack_files(fill(tmp_path / "src"), tmp_path)
    assert archive is not None
    with tarfile.open(archive.path) as packed:
        read = {m.name: packed.extractfile(m).read().decode() for m in packed if m.isfile()}  # type: ignore[union-attr]
        assert packed.getmember("run.sh").mode & 0o111
    assert read == {"run.sh": "top", "a/run.sh": "nested", "a/b/run.sh": "deeper"}
    assert archive.count == 3


def test_the_same_files_give_the_same_name_whenever_they_were_written(tmp_path: Path) -> None:
    first = pack_files(fill(tmp_path / "one"), tmp_path)
    again = fill(tmp_path / "two")
    os.utime(again / "run.sh", (1, 1))
    second = pack_files(again, tmp_path)
    assert first and second
    assert first.name == second.name


def test_other_content_gives_another_name(tmp_path: Path) -> None:
    first = pack_files(fill(tmp_path / "one"), tmp_path)
    (tmp_path / "one" / "run.sh").write_text("changed")
    second = pack_files(tmp_path / "one", tmp_path)
    assert first and second
    assert first.name != second.name


def test_no_folder_or_an_empty_one_means_nothing_to_copy(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert pack_files(tmp_path / "empty", tmp_path) is None
    assert pack_files(tmp_path / "missing", tmp_path) is None


def test_a_folder_that_is_left_out_changes_nothing(tmp_path: Path) -> None:
    source = fill(tmp_path / "src")
    before = pack_files(source, tmp_path, without="__pycache__")
    (source / "a" / "__pycache__").mkdir()
    (source / "a" / "__pycache__" / "train.pyc").write_bytes(b"compiled")
    after = pack_files(source, tmp_path, without="__pycache__")
    with_it = pack_files(source, tmp_path)
    assert before and after and with_it
    assert after.name == before.name != with_it.name
    assert (after.count, with_it.count) == (3, 4)
