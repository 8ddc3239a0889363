"""Files that come through the bucket."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.trial import FakeCloud, Machine


def offer(machine: Machine, cloud: FakeCloud, source: Path) -> None:
    """Packs `source` as the tool does, and tells the machine to copy it to /usr/copy here."""
    made = subprocess.run(["tar", "-C", source, "-cz", "."], capture_output=True, check=True).stdout
    name = f"d/abc-deployment/files/{hashlib.sha256(made).hexdigest()}.tar.gz"
    cloud.objects[name] = made
    machine.configure(files={"object": name, "destination": "/usr/copy here"})


def test_nested_folders_equal_names_and_modes_arrive(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for path, text in (("run.sh", "top"), ("a/run.sh", "in a"), ("a/b/run.sh", "in b")):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    (source / "a/run.sh").chmod(0o750)
    offer(machine, cloud, source)

    done = machine.start()

    there = machine.root / "usr/copy here"
    assert done.returncode == 0, done.stderr
    assert [(there / p).read_text() for p in ("run.sh", "a/run.sh", "a/b/run.sh")] == ["top", "in a", "in b"]
    assert (there / "a/run.sh").stat().st_mode & 0o777 == 0o750
    assert machine.step("files")["status"] == "ok"


def test_a_folder_that_exists_keeps_its_own_mode(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir(mode=0o700)
    (source / "x").write_text("x")
    there = machine.root / "usr/copy here"
    there.mkdir(parents=True)
    there.chmod(0o755)
    offer(machine, cloud, source)

    machine.start()

    assert (there / "x").read_text() == "x"
    assert there.stat().st_mode & 0o777 == 0o755


def test_a_reboot_keeps_what_was_changed_since(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "x").write_text("as copied")
    offer(machine, cloud, source)
    machine.start()
    (machine.root / "usr/copy here/x").write_text("edited on the node")

    machine.start()

    assert (machine.root / "usr/copy here/x").read_text() == "edited on the node"
    assert machine.step("files")["status"] == "ok"


def test_a_damaged_archive_changes_nothing(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "x").write_text("x" * 10000)
    offer(machine, cloud, source)
    for name, content in cloud.objects.items():
        cloud.objects[name] = content[:-20]

    machine.start()

    assert machine.record()["status"] == "failed"
    assert not (machine.root / "usr/copy here").exists()


def test_any_name_of_a_folder_is_found(machine: Machine, cloud: FakeCloud) -> None:
    made = subprocess.run(["tar", "-cz", "--files-from", "/dev/null"], capture_output=True, check=True).stdout
    name = f"d/änd ünd+100%/files/{hashlib.sha256(made).hexdigest()}.tar.gz"
    cloud.objects[name] = made
    machine.configure(files={"object": name, "destination": "/x"})

    machine.start()

    assert machine.step("files")["status"] == "ok", machine.step("files")["tail"]


def test_a_missing_archive_is_named(machine: Machine) -> None:
    machine.configure(files={"object": "d/files/abc.tar.gz", "destination": "/x"})

    machine.start()

    assert "gs://b/d/files/abc.tar.gz: HTTP 404" in machine.step("files")["tail"]
